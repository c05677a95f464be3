/** Many crosses far out, gathered by the ground that they lie on: one for each piece, the larger the more there are.
 *
 * Pieces belong to the ground, not to the screen, so nothing flickers while the map is dragged. Nothing is made for a frame. */

const CELL_PX = 40;
const [LEAST_PX, MOST_PX] = [2.5, 10];
const FULL_AT = 256; // in one piece, from which a cross grows no more
const STRONG_FROM = 8;

export const heapRadius = (count) => LEAST_PX + (MOST_PX - LEAST_PX) * Math.min(1, Math.log2(count) / Math.log2(FULL_AT));

export class Heaps {
  #counts = new Uint32Array(0);
  #xs = new Float64Array(0);
  #ys = new Float64Array(0);
  #used = new Uint32Array(0);
  #usedCount = 0;
  #columns = 0;
  #rows = 0;
  #view = null;

  /** So far beyond the view the outermost pieces still reach. */
  static EDGE_PX = CELL_PX;

  begin(view) {
    for (let i = 0; i < this.#usedCount; i += 1) this.#counts[this.#used[i]] = 0;
    this.#usedCount = 0;
    this.#view = view;
    this.#columns = Math.ceil(view.width / CELL_PX) + 3;
    this.#rows = Math.ceil(view.height / CELL_PX) + 3;
    const size = this.#columns * this.#rows;
    if (size <= this.#counts.length) return;
    this.#counts = new Uint32Array(size);
    this.#xs = new Float64Array(size);
    this.#ys = new Float64Array(size);
    this.#used = new Uint32Array(size);
  }

  /** One more at a point of the screen. */
  add(px, py) {
    const { x0, y0 } = this.#view;
    const column = Math.floor((px + x0) / CELL_PX) - Math.floor(x0 / CELL_PX) + 1;
    const row = Math.floor((py + y0) / CELL_PX) - Math.floor(y0 / CELL_PX) + 1;
    if (column < 0 || row < 0 || column >= this.#columns || row >= this.#rows) return;
    const cell = row * this.#columns + column;
    if (this.#counts[cell] === 0) {
      this.#used[this.#usedCount] = cell;
      this.#usedCount += 1;
      this.#xs[cell] = 0;
      this.#ys[cell] = 0;
    }
    this.#counts[cell] += 1;
    this.#xs[cell] += px;
    this.#ys[cell] += py;
  }

  /** In the color and strength that the context has. */
  paint(context) {
    this.#crosses(context, 1, STRONG_FROM, 1.25);
    this.#crosses(context, STRONG_FROM, Infinity, 2.25);
  }

  #crosses(context, from, below, width) {
    context.lineWidth = width;
    context.beginPath();
    for (let i = 0; i < this.#usedCount; i += 1) {
      const cell = this.#used[i];
      const count = this.#counts[cell];
      if (count < from || count >= below) continue;
      const [x, y, radius] = [this.#xs[cell] / count, this.#ys[cell] / count, heapRadius(count)];
      context.moveTo(x - radius, y - radius);
      context.lineTo(x + radius, y + radius);
      context.moveTo(x + radius, y - radius);
      context.lineTo(x - radius, y + radius);
    }
    context.stroke();
  }

  /** How many lie in the cross under a point; 0 where there is none. */
  at(x, y) {
    for (let i = 0; i < this.#usedCount; i += 1) {
      const cell = this.#used[i];
      const count = this.#counts[cell];
      if (Math.hypot(this.#xs[cell] / count - x, this.#ys[cell] / count - y) < heapRadius(count) + 3) return count;
    }
    return 0;
  }
}
