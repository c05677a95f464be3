/** Rows of a long list: those in view and around it are in the page, the rest is room left for them. */

import { html, noChange } from "../vendor/lit-html/lit-html.js";
import { Directive, directive } from "../vendor/lit-html/directive.js";
import { repeat } from "../vendor/lit-html/directives/repeat.js";
import { pieces } from "./pieces.js";

const AROUND_PX = 700; // above and below the view; also covers what sticks to its top
const REDRAW_PX = 250;
const GUESSED_PX = 70; // of a row, before any of its kind was seen

const tall = directive(class extends Directive {
  update({ element }, [px]) {
    element.style.height = `${px}px`;
    return noChange;
  }
});

export class LongList {
  #box;
  #heights = new Map(); // by row, with the kind it had when it was measured
  #usual = new Map(); // by kind of row
  #rows = new WeakMap(); // an element's row
  #drawnAt = 0;
  #high = 600;
  #kept = null;
  #watch;

  /** `box` scrolls; `redraw()` draws it anew where the view has moved on. Its rows' `<li>` have a `data-row`. */
  constructor(box, redraw) {
    this.#box = box;
    this.#watch = new ResizeObserver((entries) => this.#measure(entries, redraw));
    this.#watch.observe(box);
    box.addEventListener("scroll", () => {
      if (Math.abs(box.scrollTop - this.#drawnAt) >= REDRAW_PX) redraw();
    }, { passive: true });
  }

  /** To be called first, each time the list is drawn; `keep` is a row that has to be there wherever it lies. */
  begin(keep) {
    this.#drawnAt = this.#box.scrollTop;
    this.#kept = keep ?? document.activeElement?.closest("[data-row]")?.dataset.row ?? null;
  }

  /**
   * Some rows as a `<ul>`, `above` pixels down in the list. `each` is `{key, kind}` of an item, rows of a kind being
   * mostly of one height, `row(item)` what stands in it.
   */
  draw(items, above, each, row) {
    const named = items.map(each);
    const top = this.#drawnAt - above;
    const shown = pieces(
      named.map((it) => this.#height(it)), top - AROUND_PX, top + this.#high + AROUND_PX,
      this.#kept === null ? -1 : named.findIndex(({ key }) => key === this.#kept),
    );
    return html`<ul class="rows">${repeat(shown, ({ at }, n) => named[at]?.key ?? `gap ${n}`, ({ at, gap }) => gap
      ? html`<li aria-hidden="true" ${tall(gap)}></li>`
      : html`<li data-row=${named[at].key} data-kind=${named[at].kind} aria-setsize=${items.length} aria-posinset=${at + 1}>${row(items[at])}</li>`)}</ul>`;
  }

  /** How high these rows are together, in pixels, as far as known. */
  heightOf(items, each) {
    return items.reduce((sum, item) => sum + this.#height(each(item)), 0);
  }

  /** To be called when the list has been drawn. */
  end() {
    for (const element of this.#box.querySelectorAll("[data-row]")) {
      const row = `${element.dataset.kind} ${element.dataset.row}`;
      if (this.#rows.get(element) === row) continue;
      this.#rows.set(element, row);
      this.#watch.observe(element);
    }
  }

  #height({ key, kind }) {
    return this.#heights.get(`${kind} ${key}`) ?? this.#usual.get(kind) ?? GUESSED_PX;
  }

  #measure(entries, redraw) {
    for (const { target, borderBoxSize } of entries) {
      const height = borderBoxSize[0].blockSize;
      if (target === this.#box) {
        if (height === this.#high) continue;
        this.#high = height;
        redraw();
      } else if (height && target.isConnected) {
        this.#heights.set(`${target.dataset.kind} ${target.dataset.row}`, height);
        this.#usual.set(target.dataset.kind, height);
      }
    }
  }
}
