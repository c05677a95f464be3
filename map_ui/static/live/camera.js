/** Where the map looks, as one scale and one origin, also half-way through a zoom.
 *
 * Positions are kept as world pixels at zoom 0, so that drawing one is a multiplication and an
 * addition: x = world.x * scale - view.x0. */

const ZOOM_MS = 250; // Leaflet animates its tiles for as long, with the curve below

/** Leaflet's cubic-bezier(0, 0, 0.25, 1) at a share of the time. */
function eased(share) {
  let t = share;
  for (let i = 0; i < 5; i += 1) {
    const x = 0.75 * (1 - t) * t * t + t ** 3;
    const slope = 1.5 * (1 - t) * t + 2.25 * t * t || 1e-6;
    t -= (x - share) / slope;
  }
  return 3 * (1 - t) * t * t + t ** 3;
}

export const world = (lat, lon) => {
  const sin = Math.sin((lat * Math.PI) / 180);
  return { x: 256 * (0.5 + lon / 360), y: 256 * (0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI)) };
};

/** Meters on the ground per world pixel at a latitude. */
export const metersPerWorldPixel = (lat) => (40_075_016.686 * Math.cos((lat * Math.PI) / 180)) / 256;

export class Camera {
  #map;
  #flight = null;

  /** `onMove` runs at once when the view jumps or is dragged, and each frame while it zooms. */
  constructor(map, onMove) {
    this.#map = map;
    map.on("zoomanim", (event) => {
      if (event.noUpdate) return;
      this.#flight = { from: this.view(), to: this.#at(event.center, event.zoom), start: performance.now() };
      onMove();
    });
    map.on("zoomend viewreset", () => {
      this.#flight = null;
    });
    map.on("move zoom viewreset resize moveend", onMove);
  }

  get flying() {
    return this.#flight !== null;
  }

  view() {
    const { x: width, y: height } = this.#map.getSize();
    if (!this.#flight) return this.#at(this.#map.getCenter(), this.#map.getZoom());
    const { from, to, start } = this.#flight;
    const done = eased(Math.min(1, (performance.now() - start) / ZOOM_MS));
    const mix = (name) => from[name] + (to[name] - from[name]) * done;
    return { scale: mix("scale"), x0: mix("x0"), y0: mix("y0"), zoom: to.zoom, width, height };
  }

  #at(center, zoom) {
    const { x: width, y: height } = this.#map.getSize();
    const scale = 2 ** zoom;
    const middle = world(center.lat, center.lng);
    return { scale, x0: middle.x * scale - width / 2, y0: middle.y * scale - height / 2, zoom, width, height };
  }
}
