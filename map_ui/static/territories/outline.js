/** An outline that is being drawn: corners to add, move and take away, by pointer, finger or keys. */

import { t } from "../parts/texts.js";
import { palette } from "../live/palette.js";
import { crossing } from "./crossing.js";

const CORNER_PX = 16;
const STEP_PX = 8;
export const MOST_CORNERS = 250;

const ARROWS = { ArrowUp: [0, -STEP_PX], ArrowDown: [0, STEP_PX], ArrowLeft: [-STEP_PX, 0], ArrowRight: [STEP_PX, 0] };

/** Where a new corner goes: between the two ends of the side that it is nearest to. */
export function placeOf(corners, at) {
  if (corners.length < 3) return corners.length;
  let best = 0;
  let least = Infinity;
  corners.forEach((a, i) => {
    const b = corners[(i + 1) % corners.length];
    const [dx, dy] = [b.x - a.x, b.y - a.y];
    const along = Math.max(0, Math.min(1, ((at.x - a.x) * dx + (at.y - a.y) * dy) / (dx * dx + dy * dy || 1)));
    const away = Math.hypot(a.x + along * dx - at.x, a.y + along * dy - at.y);
    if (away < least) [best, least] = [i + 1, away];
  });
  return best;
}

export class Outline {
  #map;
  #corners;
  #handles = window.L.layerGroup();
  #line;
  #crossed = window.L.layerGroup(); // marks where the line crosses itself
  #changed;
  #past = []; // the corners before each change

  /** `corners` are Leaflet positions; `changed` is called after each change. */
  constructor(map, corners, changed) {
    this.#map = map;
    this.#corners = corners;
    this.#changed = changed;
    this.#line = window.L.polygon(corners, { color: palette.accent, weight: 2, dashArray: "6 5", interactive: false }).addTo(map);
    this.#crossed.addTo(map);
    this.#handles.addTo(map);
    map.on("click", this.#clicked);
    document.addEventListener("keydown", this.#pressed);
    this.#draw();
  }

  get corners() {
    return this.#corners.length;
  }

  get canUndo() {
    return this.#past.length > 0;
  }

  /** The corners as they were before the last change. */
  undo() {
    if (!this.canUndo) return;
    this.#corners = this.#past.pop();
    this.#draw();
    this.#changed();
  }

  #keep() {
    this.#past.push([...this.#corners]);
  }

  get crosses() {
    return this.#crossed.getLayers().length > 0;
  }

  /** A GeoJSON Polygon, or null as long as it encloses nothing. */
  get shape() {
    if (this.#corners.length < 3) return null;
    const ring = this.#corners.map(({ lat, lng }) => [lng, lat]);
    return { type: "Polygon", coordinates: [[...ring, ring[0]]] };
  }

  add(position) {
    if (this.#corners.length >= MOST_CORNERS) return;
    this.#keep();
    const pixels = this.#corners.map((corner) => this.#map.latLngToContainerPoint(corner));
    this.#corners.splice(placeOf(pixels, this.#map.latLngToContainerPoint(position)), 0, position);
    this.#draw();
    this.#changed();
  }

  remove() {
    this.#map.off("click", this.#clicked);
    document.removeEventListener("keydown", this.#pressed);
    this.#line.remove();
    this.#crossed.remove();
    this.#handles.remove();
  }

  #clicked = ({ latlng }) => this.add(latlng);

  #pressed = (event) => {
    if (event.key !== "z" || event.shiftKey || !(event.ctrlKey || event.metaKey)) return;
    if (event.target.matches?.("input, textarea, select")) return;
    this.undo();
    event.preventDefault();
  };

  #take(i) {
    this.#keep();
    this.#corners.splice(i, 1);
    this.#draw();
    this.#changed();
  }

  /** The line as its corners are, in another color where it crosses itself. */
  #drawLine() {
    const place = crossing(this.#corners.map(({ lat, lng }) => [lng, lat]));
    this.#line.setLatLngs(this.#corners).setStyle({ color: place ? palette.missed : palette.accent });
    this.#crossed.clearLayers();
    if (!place) return;
    const look = { radius: CORNER_PX, color: palette.missed, weight: 3, fillOpacity: 0, interactive: false };
    this.#crossed.addLayer(window.L.circleMarker([place[1], place[0]], look));
  }

  #draw() {
    this.#drawLine();
    this.#handles.clearLayers();
    this.#corners.forEach((corner, i) => this.#handles.addLayer(this.#handle(corner, i)));
  }

  #handle(corner, i) {
    const icon = window.L.divIcon({ className: "corner", iconSize: [CORNER_PX, CORNER_PX] });
    const title = t("Corner {i}: drag it, or move it with the arrow keys; Delete takes it away", { i: i + 1 });
    const handle = window.L.marker(corner, { icon, draggable: true, keyboard: true, title, alt: title });
    handle.on("dragstart", () => this.#keep());
    handle.on("drag", ({ latlng }) => {
      this.#corners[i] = latlng;
      this.#drawLine();
    });
    handle.on("dragend", () => this.#changed());
    handle.on("keydown", ({ originalEvent: event }) => {
      const step = ARROWS[event.key];
      if (step) {
        this.#keep();
        this.#corners[i] = this.#map.containerPointToLatLng(this.#map.latLngToContainerPoint(this.#corners[i]).add(step));
        handle.setLatLng(this.#corners[i]);
        this.#drawLine();
        this.#changed();
      } else if (event.key === "Delete" || event.key === "Backspace") {
        this.#take(i);
      } else return;
      event.preventDefault();
      event.stopPropagation();
    });
    return handle;
  }
}
