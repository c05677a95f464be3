/** The round on our own basemap. Loaded when it is first opened; drawn once, then only changed. */

import { isDone } from "../facts/round.js";
import { state, stopOf } from "../state.js";
import { fixes } from "../sync/pings.js";
import { t } from "../texts/texts.js";
import { html, screen, whenDrawn } from "./parts.js";
import { sections } from "./sections.js";

let drawing = null;

let shownCases = [];

export function mapScreen(doings) {
  const { chips, shown } = sections(doings);
  shownCases = shown;
  return screen({
    title: t("tab_map"),
    tab: "map",
    main: html`${chips}<div id="map" role="application" aria-label=${t("tab_map")}></div>`,
  });
}

function addOnce(tag, members) {
  return new Promise((resolve, reject) => {
    const element = Object.assign(document.createElement(tag), members, { onload: resolve, onerror: reject });
    document.head.append(element);
  });
}

let loading;
const loaded = () => (loading ??= (async () => {
  await Promise.all([
    addOnce("link", { rel: "stylesheet", href: "/static/vendor/leaflet/leaflet.css" }),
    addOnce("script", { src: "/static/vendor/leaflet/leaflet.js" }),
  ]);
  await addOnce("script", { src: "/static/vendor/protomaps-leaflet/protomaps-leaflet.js" });
  const [basemap, palette] = await Promise.all([import("/static/live/basemap.js"), import("/static/live/palette.js")]);
  return { ...basemap, ...palette };
})());

/** After each drawing of the screen: put the map up, or bring it up to date; off it, take it down. */
export async function tendMap({ go }) {
  const place = document.querySelector("#map");
  if (!place) {
    const gone = drawing;
    drawing = null;
    if (gone) (globalThis.requestIdleCallback ?? setTimeout)(() => gone.map.remove()); // the screen that takes its place comes first
    return;
  }
  await whenDrawn(); // the screen is there; the map takes a slow phone a while
  const { basemap, palette, readPalette } = await loaded();
  await whenDrawn();
  const { L } = window;
  if (!place.isConnected) return;
  if (!drawing) {
    readPalette();
    const map = L.map(place, { preferCanvas: true, zoomControl: false, maxZoom: 19 });
    drawing = { map, layer: L.layerGroup(), fitted: undefined };
    map.attributionControl.setPrefix(false);
    map.setView([0, 0], 2);
    basemap(map);
    drawing.layer.addTo(map);
  }
  show(L, palette, go);
}

function show(L, palette, go) {
  const { map, layer } = drawing;
  const round = state.day?.round;
  const at = ({ lat, lon }) => [lat, lon];
  layer.clearLayers();
  const way = round?.geometry.coordinates.map(([lon, lat]) => [lat, lon]) ?? [];
  if (way.length) L.polyline(way, { color: palette.accent, weight: 4, opacity: 0.75, dashArray: "1 8" }).addTo(layer);
  const stops = shownCases.map((each) => stopOf(each.case.id) ?? { ...each.case.address.position, case_id: each.case.id, seq: "·", status: "planned" })
    .filter((stop) => Number.isFinite(stop.lat));
  for (const stop of stops) {
    const isBehind = isDone(stop, state.cases.get(stop.case_id));
    const color = isBehind ? palette.verified : palette.accent;
    L.circleMarker(at(stop), { radius: 14, color, weight: 3, fillColor: isBehind ? color : palette.surface, fillOpacity: 1 })
      .bindTooltip(String(stop.seq), { permanent: true, direction: "center", className: `seq-on-map ${isBehind ? "done" : ""}` })
      .on("click", () => go(`#/case/${stop.case_id}`)).addTo(layer);
  }
  const fix = fixes.at(-1);
  if (fix) {
    L.circle(at(fix), { radius: fix.accuracy_m ?? 20, color: palette.visiting, weight: 1, fillOpacity: 0.12 }).addTo(layer);
    L.circleMarker(at(fix), { radius: 7, color: palette["on-accent"], weight: 3, fillColor: palette.visiting, fillOpacity: 1 }).addTo(layer);
  }
  if (drawing.fitted !== state.section) {
    const all = [...way, ...stops.map(at), ...(fix ? [at(fix)] : [])];
    if (all.length) map.fitBounds(all, { padding: [28, 28], maxZoom: 16 });
    drawing.fitted = state.section;
  }
}
