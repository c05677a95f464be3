/** What is drawn of territories on the map: those that stand, or those of a proposal. */

import { t, tn } from "../parts/texts.js";
import { basemap } from "../live/basemap.js";
import { onLook, palette } from "../live/palette.js";
import { briefly } from "../live/words.js";

const WASH = 0.08;
const WASH_CHOSEN = 0.28;
const DOT_PX = 3;
const UNDER_TERRITORIES = 390;

function label({ code, name, agents, cases, work_min }) {
  const place = document.createElement("div");
  place.className = "territory-told";
  const lines = [
    name === code ? code : `${code} · ${name}`,
    agents.length ? agents.join(", ") : t("Nobody works it"),
    `${tn("{count} case", "{count} cases", cases)} · ${t("{duration} of work", { duration: briefly(work_min * 60_000) })}`,
  ];
  lines.forEach((text, i) => {
    const line = document.createElement("span");
    line.textContent = text;
    if (i === 0) line.className = "name";
    place.append(line);
  });
  return place;
}

export class Ground {
  #map;
  #tiles = null;
  #layer = null;
  #dots = null;
  #canvas = window.L.canvas({ pane: "cases" });
  #chosen = null;
  #proposed = false;

  constructor(map) {
    this.#map = map;
    map.attributionControl.setPrefix(false);
    window.L.control.scale({ imperial: false }).addTo(map);
    onLook(() => {
      if (this.#tiles) this.#tiles = basemap(map, this.#tiles);
      this.#layer?.setStyle(this.#style);
      this.#dots?.eachLayer((dot) => dot.setStyle({ fillColor: palette.ink }));
    });
    map.createPane("cases").style.zIndex = UNDER_TERRITORIES;
  }

  /** Where cases are, `[lat, lon]` of each: what territories are drawn around. */
  dots(points) {
    this.#dots?.remove();
    const look = { renderer: this.#canvas, radius: DOT_PX, stroke: false, fillColor: palette.ink, fillOpacity: 0.55, interactive: false };
    this.#dots = window.L.layerGroup(points.map((at) => window.L.circleMarker(at, look))).addTo(this.#map);
  }

  #style = (feature) => {
    const tone = palette[this.#proposed ? "probable" : "accent"];
    const isChosen = feature.properties.code === this.#chosen;
    return { color: tone, fillColor: tone, weight: isChosen ? 3 : 1.75, fillOpacity: isChosen ? WASH_CHOSEN : WASH };
  };

  /** `items` are territories with `shape`, and words for the tooltip; `choose` takes a code. */
  draw(items, choose, { proposed = false } = {}) {
    this.#layer?.remove();
    this.#proposed = proposed;
    const features = items
      .filter(({ shape }) => shape)
      .map(({ shape, ...properties }) => ({ type: "Feature", geometry: shape, properties }));
    this.#layer = window.L.geoJSON(features, {
      style: this.#style,
      onEachFeature: ({ properties }, shape) => {
        shape.bindTooltip(label(properties), { sticky: true, className: "territory-tip" });
        shape.on("click", (event) => {
          if (!choose(properties.code)) return;
          window.L.DomEvent.stopPropagation(event);
        });
      },
    }).addTo(this.#map);
  }

  mark(code) {
    this.#chosen = code;
    this.#layer?.setStyle(this.#style);
  }

  /** See all that is drawn, or else a place. */
  see(fallback) {
    const bounds = this.#layer?.getBounds();
    if (bounds?.isValid()) this.#map.fitBounds(bounds, { padding: [24, 24], maxZoom: 16 });
    else if (fallback) this.#map.setView([fallback.lat, fallback.lon], 13);
    this.#tiles ??= basemap(this.#map);
  }
}
