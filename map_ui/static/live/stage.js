/** Canvases over the map, drawn only when something on them has changed. */

import { Camera } from "./camera.js";
import { forgetFace } from "./letters.js";

const DRAGGED_MS = 34;

export class Stage {
  #layers = [];
  #frame = 0;
  #camera;
  #map;
  #drawn = null; // the view that all layers show
  #movedAt = -Infinity;

  constructor(map) {
    this.#map = map;
    this.#camera = new Camera(map, () => this.#moved());
  }

  /** `paint(context, view, time)` draws the layer and returns whether it goes on moving, or null where there is nothing on
   * it and nothing will be by itself: a canvas that lies there empty is laid over all of the map for every frame. */
  add(name, zIndex, paint) {
    const canvas = document.createElement("canvas");
    canvas.className = `over-canvas ${name}`;
    canvas.style.zIndex = zIndex;
    this.#map.getContainer().append(canvas);
    const layer = { canvas, context: canvas.getContext("2d"), paint, due: true, isBlank: false };
    this.#layers.push(layer);
    this.#ask();
    return { invalidate: () => this.#invalidate(layer), canvas };
  }

  view() {
    return this.#camera.view();
  }

  #invalidate(layer) {
    layer.due = true;
    this.#ask();
  }

  /** In the very frame in which Leaflet moves its tiles, or the canvases would lag behind. Leaflet tells of the end of a
   * movement several times; only the first has something to draw. */
  #moved() {
    if (!this.#camera.flying && same(this.#drawn, this.#camera.view())) return;
    for (const layer of this.#layers) layer.due = true;
    this.#movedAt = performance.now();
    this.#draw(this.#movedAt);
  }

  /** While the map is dragged each movement draws everything: a frame of one's own between would draw it twice. */
  #ask() {
    this.#frame ||= requestAnimationFrame((time) => {
      this.#frame = 0;
      if (!this.#camera.flying && performance.now() - this.#movedAt < DRAGGED_MS) this.#ask();
      else this.#draw(time);
    });
  }

  #draw(time) {
    const view = this.#camera.view();
    this.#drawn = view;
    let goesOn = this.#camera.flying;
    for (const layer of this.#layers) {
      if (!layer.due && !goesOn) continue;
      fit(layer.canvas, view);
      layer.context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
      if (!layer.isBlank) layer.context.clearRect(0, 0, view.width, view.height);
      forgetFace(layer.context);
      const moving = layer.paint(layer.context, view, time);
      if (layer.isBlank !== (moving === null)) {
        layer.isBlank = moving === null;
        layer.canvas.style.display = layer.isBlank ? "none" : "";
      }
      layer.due = moving || this.#camera.flying;
      goesOn ||= layer.due;
    }
    if (goesOn) this.#ask();
  }
}

const same = (a, b) =>
  a?.x0 === b.x0 && a.y0 === b.y0 && a.scale === b.scale && a.zoom === b.zoom && a.width === b.width && a.height === b.height;

function fit(canvas, { width, height }) {
  const wide = Math.round(width * devicePixelRatio);
  const high = Math.round(height * devicePixelRatio);
  if (canvas.width === wide && canvas.height === high) return;
  canvas.width = wide;
  canvas.height = high;
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
}
