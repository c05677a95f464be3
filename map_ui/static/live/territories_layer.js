/** Territories under everything else: outlines on a canvas, and a tooltip with what lies in each. */

import { t, tn, whole } from "../parts/texts.js";
import * as api from "./api.js";
import { onLook, palette } from "./palette.js";
import { briefly } from "./words.js";

const UNDER_PLAN = 405;
const WASH = 0.07;
const WASH_POINTED = 0.2;
const TIP_PX = 260;

function line(text, name = "") {
  const place = document.createElement("span");
  place.textContent = text;
  place.className = name;
  return place;
}

/** The words of a territory, as an element: a name of people's own making is never markup. */
function told({ code, name, agent_names, cases, due, work_min }) {
  const place = document.createElement("div");
  place.className = "territory-told";
  place.append(
    line(name === code ? code : `${code} · ${name}`, "name"),
    line(agent_names.length ? agent_names.join(", ") : t("Nobody works it")),
    line(`${tn("{count} open case", "{count} open cases", cases)}, ${t("{count} due", { count: whole(due) })} · ${t("{duration} of work", { duration: briefly(work_min * 60_000) })}`),
  );
  return place;
}

const look = () => ({ color: palette.accent, fillColor: palette.accent, fillOpacity: WASH, weight: 1.75 });

export class TerritoriesLayer {
  #map;
  #layer = null;
  #tip = line("", "territory-tip");

  constructor(map) {
    this.#map = map;
    map.createPane("territories").style.zIndex = UNDER_PLAN;
    onLook(() => this.#layer?.setStyle(look()));
  }

  get isShown() {
    return this.#layer !== null;
  }

  /** How many territories are drawn. */
  get count() {
    return this.#layer?.getLayers().length ?? 0;
  }

  /** Show what stands today in all of the viewer's branches. */
  async show() {
    const collections = await api.territories();
    this.hide();
    const features = collections.flatMap(({ features: some }) => some).filter(({ geometry }) => geometry);
    this.#layer = window.L.geoJSON(features, {
      pane: "territories",
      renderer: window.L.canvas({ pane: "territories" }),
      style: look,
      onEachFeature: ({ properties }, shape) => {
        shape.on("mouseover mousemove click", ({ containerPoint }) => {
          shape.setStyle({ fillOpacity: WASH_POINTED });
          this.#tell(properties, containerPoint);
        });
        shape.on("mouseout", () => {
          shape.setStyle({ fillOpacity: WASH });
          this.#tip.remove();
        });
      },
    }).addTo(this.#map);
  }

  /** Beside the pointer, and above agents and plans, which Leaflet's own tooltips are not. */
  #tell(properties, { x, y }) {
    const { x: width, y: height } = this.#map.getSize();
    this.#tip.replaceChildren(told(properties));
    this.#tip.style.left = `${Math.max(8, Math.min(x + 14, width - TIP_PX))}px`;
    this.#tip.style.top = `${Math.max(8, Math.min(y + 14, height - TIP_PX / 2))}px`;
    this.#map.getContainer().append(this.#tip);
  }

  hide() {
    this.#tip.remove();
    this.#layer?.remove();
    this.#layer = null;
  }
}
