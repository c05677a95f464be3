/** Where work is left: stops to come melted into warmer and warmer ground, under agents and plans. */

import { world } from "./camera.js";
import { isDark, onLook } from "./palette.js";
import { on, state } from "./store.js";

const COARSE = 4; // a pixel of the heat is so many of the screen: it is blurred anyway
const REACH_PX = 44;
const FULL_AT = 6; // stops on one spot, from which it grows no hotter
const TO_COME = new Set(["planned", "visiting"]);

// From pale to strong, safe for color-blind eyes: one hue that only grows darker (lighter on a dark map).
const LIGHT = [[252, 211, 138], [226, 128, 34], [150, 45, 8]];
const DARK = [[92, 52, 12], [214, 118, 26], [255, 224, 160]];

/** The color at a share of full heat, as [red, green, blue]. */
export function warmth(share, steps) {
  const at = Math.min(0.9999, Math.max(0, share)) * (steps.length - 1);
  const [from, to] = [steps[Math.floor(at)], steps[Math.floor(at) + 1]];
  return from.map((value, i) => Math.round(value + (to[i] - value) * (at % 1)));
}

function blob() {
  const size = (2 * REACH_PX) / COARSE;
  const sprite = Object.assign(document.createElement("canvas"), { width: size, height: size });
  const context = sprite.getContext("2d");
  const fade = context.createRadialGradient(size / 2, size / 2, 0, size / 2, size / 2, size / 2);
  fade.addColorStop(0, `rgb(0 0 0 / ${1 / FULL_AT})`);
  fade.addColorStop(1, "rgb(0 0 0 / 0)");
  context.fillStyle = fade;
  context.fillRect(0, 0, size, size);
  return sprite;
}

export class HeatLayer {
  #canvas;
  #spots = [];
  #sprite = blob();
  #coarse = document.createElement("canvas");
  #ramp = null;
  isShown = false;

  /** `view` is the map, which gives a canvas. */
  constructor(view) {
    this.#canvas = view.addLayer("heat", 403, (...all) => this.#paint(...all));
    on("stops snapshot", () => this.isShown && this.#refresh());
    onLook(() => {
      this.#ramp = null;
      this.#canvas.invalidate();
    });
  }

  /** How many stops are still to come. */
  get count() {
    return this.#spots.length;
  }

  toggle() {
    this.isShown = !this.isShown;
    this.#refresh();
  }

  #refresh() {
    const left = this.isShown ? [...state.fences.values()].filter(({ status }) => TO_COME.has(status)) : [];
    this.#spots = left.map(({ lat, lon }) => world(lat, lon));
    this.#canvas.invalidate();
  }

  #paint(context, view) {
    if (!this.#spots.length) return null;
    const [width, height] = [Math.ceil(view.width / COARSE), Math.ceil(view.height / COARSE)];
    Object.assign(this.#coarse, { width, height }); // which also clears it
    const heat = this.#coarse.getContext("2d", { willReadFrequently: true });
    const half = this.#sprite.width / 2;
    for (const { x, y } of this.#spots) {
      const px = (x * view.scale - view.x0) / COARSE;
      const py = (y * view.scale - view.y0) / COARSE;
      if (px > -half && py > -half && px < width + half && py < height + half) heat.drawImage(this.#sprite, px - half, py - half);
    }
    const pixels = heat.getImageData(0, 0, width, height);
    this.#color(pixels.data);
    heat.putImageData(pixels, 0, 0);
    context.drawImage(this.#coarse, 0, 0, width * COARSE, height * COARSE);
    return false;
  }

  #color(data) {
    this.#ramp ??= Array.from({ length: 256 }, (_, heat) => warmth(heat / 255, isDark() ? DARK : LIGHT));
    for (let i = 3; i < data.length; i += 4) {
      const heat = data[i];
      if (heat === 0) continue;
      [data[i - 3], data[i - 2], data[i - 1]] = this.#ramp[heat];
      data[i] = Math.min(190, 3 * heat); // so that a rim fades out
    }
  }
}
