/** Canvases over the map, drawn only when something on them has changed. */

import { Camera } from "./camera.js";

export class Stage {
  #layers = [];
  #frame = 0;
  #camera;
  #map;

  constructor(map) {
    this.#map = map;
    this.#camera = new Camera(map, () => this.#moved());
  }

  /** `paint(context, view, time)` draws the layer and returns whether it goes on moving. */
  add(name, zIndex, paint) {
    const canvas = document.createElement("canvas");
    canvas.className = `over-canvas ${name}`;
    canvas.style.zIndex = zIndex;
    this.#map.getContainer().append(canvas);
    const layer = { canvas, context: canvas.getContext("2d"), paint, due: true };
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

  /** In the very frame in which Leaflet moves its tiles, or the canvases would lag behind. */
  #moved() {
    for (const layer of this.#layers) layer.due = true;
    this.#draw(performance.now());
  }

  #ask() {
    this.#frame ||= requestAnimationFrame((time) => {
      this.#frame = 0;
      this.#draw(time);
    });
  }

  #draw(time) {
    const view = this.#camera.view();
    let goesOn = this.#camera.flying;
    for (const layer of this.#layers) {
      if (!layer.due && !goesOn) continue;
      fit(layer.canvas, view);
      const ratio = devicePixelRatio;
      layer.context.setTransform(ratio, 0, 0, ratio, 0, 0);
      layer.context.clearRect(0, 0, view.width, view.height);
      layer.due = layer.paint(layer.context, view, time) || this.#camera.flying;
      goesOn ||= layer.due;
    }
    if (goesOn) this.#ask();
  }
}

function fit(canvas, { width, height }) {
  const wide = Math.round(width * devicePixelRatio);
  const high = Math.round(height * devicePixelRatio);
  if (canvas.width === wide && canvas.height === high) return;
  canvas.width = wide;
  canvas.height = high;
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
}
