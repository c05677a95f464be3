/** The city under everything: quiet, so that people and decisions stand out.
 *
 * Tiles are our own, in the Protomaps schema; what a source lacks is simply not drawn. */

import { font } from "../parts/typeface.js";
import { isDark } from "./palette.js";

const { protomapsL } = window;
const { PolygonSymbolizer, LineSymbolizer, LineLabelSymbolizer, CenteredTextSymbolizer, exp } = protomapsL;

const LIGHT = {
  ground: "#f4f2ec",
  built: "#e5e1d7",
  green: "#d3e3c8",
  civic: "#e6e0ea",
  works: "#e0e0e2",
  sand: "#f0e7cc",
  water: "#a9cbe0",
  building: "#dcd8ce",
  buildingEdge: "#cfcabf",
  casing: "#c9c3b7",
  minor: "#ffffff",
  medium: "#ffffff",
  major: "#ffffff",
  highway: "#fff3d6",
  highwayCasing: "#d9bf8a",
  path: "#cdc6b8",
  rail: "#b9b4ab",
  label: "#5a564e",
  labelStrong: "#33302b",
  waterLabel: "#3f6c88",
  halo: "#f4f2ec",
};

const DARK = {
  ground: "#0f151c",
  built: "#18212c",
  green: "#14251f",
  civic: "#1b2130",
  works: "#1a2128",
  sand: "#232118",
  water: "#0a2233",
  building: "#1d2731",
  buildingEdge: "#26323e",
  casing: "#0b1016",
  minor: "#2b3744",
  medium: "#344252",
  major: "#3f5064",
  highway: "#56657a",
  highwayCasing: "#0b1016",
  path: "#222c36",
  rail: "#303a45",
  label: "#8b99a9",
  labelStrong: "#b9c5d2",
  waterLabel: "#5c86a3",
  halo: "#0f151c",
};

const kind = (...kinds) => (_, feature) => kinds.includes(feature.props.kind);

/** Line widths in pixels at zooms; below the first zoom a class is not drawn. */
const WIDTHS = {
  path: [[14, 0.4], [16, 1.2], [19, 4]],
  minor: [[12, 0.6], [13, 1], [14, 1.5], [16, 5], [19, 22]],
  medium: [[10, 0.4], [12, 1], [14, 2.8], [16, 7.5], [19, 30]],
  major: [[8, 0.5], [11, 1.2], [14, 4], [16, 9.5], [19, 36]],
  highway: [[5, 0.6], [9, 1.4], [11, 2.2], [14, 5], [16, 11], [19, 40]],
};

const CLASSES = [
  { name: "minor", kinds: ["minor_road", "other"], minzoom: 12, casedFrom: 14 },
  { name: "medium", kinds: ["medium_road"], minzoom: 10, casedFrom: 13 },
  { name: "major", kinds: ["major_road"], minzoom: 8, casedFrom: 12 },
  { name: "highway", kinds: ["highway"], minzoom: 5, casedFrom: 9 },
];

function area(dataLayer, fill, filter, more = {}) {
  return { dataLayer, symbolizer: new PolygonSymbolizer({ fill, ...more }), ...(filter && { filter }) };
}

function road(colors, { name, kinds, minzoom, casedFrom }, casing) {
  const width = exp(1.5, WIDTHS[name]);
  const color = casing ? (name === "highway" ? colors.highwayCasing : colors.casing) : colors[name];
  return {
    dataLayer: "roads",
    minzoom: casing ? casedFrom : minzoom,
    filter: kind(...kinds),
    symbolizer: new LineSymbolizer({
      color,
      width: casing ? (zoom) => width(zoom) + (zoom < 15 ? 1 : 1.6) : width,
      lineCap: "round",
      lineJoin: "round",
    }),
  };
}

function paintRules(colors) {
  return [
    area("earth", colors.ground),
    area("landuse", colors.built, kind("residential", "urban_area", "commercial", "retail")),
    area("landuse", colors.works, kind("industrial", "railway", "aerodrome", "military", "airfield", "naval_base")),
    area("landuse", colors.civic, kind("school", "university", "college", "hospital", "kindergarten")),
    area("landuse", colors.sand, kind("beach", "sand")),
    area("landuse", colors.green, kind(
      "park", "forest", "wood", "grass", "grassland", "scrub", "cemetery", "golf_course", "garden", "playground",
      "nature_reserve", "national_park", "protected_area", "recreation_ground", "village_green", "allotments", "pitch",
    )),
    area("water", colors.water, (_, feature) => feature.geomType === 3),
    {
      dataLayer: "water",
      filter: (_, feature) => feature.geomType === 2,
      symbolizer: new LineSymbolizer({ color: colors.water, width: exp(1.5, [[9, 0.5], [14, 2], [18, 9]]) }),
    },
    { ...area("buildings", colors.building, null, { stroke: colors.buildingEdge, width: 0.75 }), minzoom: 15 },
    {
      dataLayer: "roads",
      minzoom: 14,
      filter: kind("path"),
      symbolizer: new LineSymbolizer({ color: colors.path, width: exp(1.5, WIDTHS.path) }),
    },
    ...CLASSES.map((each) => road(colors, each, true)),
    ...CLASSES.map((each) => road(colors, each, false)),
    {
      dataLayer: "roads",
      minzoom: 12,
      filter: kind("rail"),
      symbolizer: new LineSymbolizer({ color: colors.rail, width: exp(1.5, [[12, 0.8], [17, 2.5]]) }),
    },
  ];
}

function streetNames(colors, kinds, minzoom, strong) {
  return {
    dataLayer: "roads",
    minzoom,
    filter: kind(...kinds),
    symbolizer: new LineLabelSymbolizer({
      labelProps: ["name"],
      fill: strong ? colors.labelStrong : colors.label,
      stroke: colors.halo,
      width: 2,
      font: strong ? font(500, 12) : font(400, 11),
    }),
  };
}

function labelRules(colors) {
  const place = (kinds, face, minzoom, fill = colors.labelStrong, maxzoom) => ({
    dataLayer: "places",
    minzoom,
    ...(maxzoom && { maxzoom }),
    filter: kind(...kinds),
    symbolizer: new CenteredTextSymbolizer({
      labelProps: ["name"], fill, stroke: colors.halo, width: 2, lineHeight: 1.3, font: face,
    }),
  });
  return [
    place(["locality", "city", "town"], font(600, 15), 7, colors.labelStrong, 15),
    place(["neighbourhood", "macrohood", "suburb", "quarter"], font(500, 12), 13, colors.label, 17),
    {
      dataLayer: "water",
      filter: (_, feature) => feature.geomType === 1,
      symbolizer: new CenteredTextSymbolizer({ labelProps: ["name"], fill: colors.waterLabel, font: font("italic 400", 12) }),
    },
    streetNames(colors, ["highway", "major_road"], 13, true),
    streetNames(colors, ["medium_road"], 15, true),
    streetNames(colors, ["minor_road", "other", "path"], 16, false),
  ];
}

let gaps = false;

/** Whether a tile could not be fetched since the basemap was last put up. */
export const hasGaps = () => gaps;

/** Tiles by fetch; a missing tile is an empty piece of the map, never an error. */
const tiles = {
  async getZxy(z, x, y, signal) {
    try {
      const answer = await fetch(`/tiles/${z}/${x}/${y}.mvt`, { signal });
      if (answer.status !== 200) return undefined;
      const data = await answer.arrayBuffer();
      return data.byteLength ? { data } : undefined;
    } catch (problem) {
      if (problem.name === "AbortError") throw problem;
      gaps = true;
      return undefined;
    }
  },
};

/** Have a layer's tiles painted once and shown as bitmaps. A canvas with a context to paint on is copied for every frame of
 * the page in which anything moves, and a map has some forty tiles; and what covers all that is behind it says so. */
function asBitmaps(layer) {
  const paint = layer.renderTile;
  layer.renderTile = (coords, shown, key, done = () => {}) => {
    const painted = new OffscreenCanvas(1, 1);
    const tile = {
      get key() {
        return shown.key; // another one, or none, tells that the tile is no longer wanted
      },
      set width(pixels) {
        painted.width = pixels;
      },
      set height(pixels) {
        painted.height = pixels;
      },
      getContext: (context) => painted.getContext(context, { alpha: false }),
    };
    return paint.call(layer, coords, tile, key, () => {
      shown.getContext("bitmaprenderer", { alpha: false }).transferFromImageBitmap(painted.transferToImageBitmap());
      done();
    });
  };
  return layer;
}

/** Put the basemap under everything, in the look of now; call again when the look changes. */
export function basemap(map, before) {
  before?.remove();
  gaps = false;
  const colors = isDark() ? DARK : LIGHT;
  map.getContainer().style.setProperty("--map-ground", colors.ground);
  const layer = protomapsL.leafletLayer({
    url: tiles,
    paintRules: paintRules(colors),
    labelRules: labelRules(colors),
    backgroundColor: colors.ground,
    attribution: '<a href="https://www.openstreetmap.org/copyright" rel="noopener">© OpenStreetMap contributors</a>',
    noWrap: true,
    keepBuffer: 3,
    updateWhenZooming: false,
    maxDataZoom: 15,
  });
  return asBitmaps(layer).addTo(map);
}
