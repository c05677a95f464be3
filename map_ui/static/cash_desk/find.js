/** Looks something up while its name or number is typed, and has one of what was found chosen. */

import { html } from "../vendor/lit-html/lit-html.js";
import { latest } from "../parts/latest.js";
import { t } from "../parts/texts.js";

const WAIT_MS = 250;

export class Finder {
  /** `ask` finds by words, `row` tells one that was found; `begin` looks before anything is typed. */
  constructor({ id, label, hint, ask, row, begin = false }) {
    Object.assign(this, { id, label, hint, ask, row, begin, words: "", found: null, chosen: null, problem: "", asking: latest() });
  }

  look(words, redraw) {
    this.words = words;
    this.chosen = null;
    this.asking(); // what is on its way was found by other words
    clearTimeout(this.waits);
    if (words.trim().length < 2 && !this.begin) {
      this.found = null;
      return;
    }
    this.waits = setTimeout(() => this.now(redraw), WAIT_MS);
  }

  async now(redraw) {
    const isLatest = this.asking();
    const words = this.words.trim();
    try {
      const found = await this.ask(words.length < 2 ? "" : words);
      if (!isLatest()) return;
      Object.assign(this, { found, problem: "" });
    } catch (problem) {
      if (!isLatest()) return;
      Object.assign(this, { found: [], problem: problem.message });
    }
    redraw();
  }

  /** The field and what was found below it; `choose` hears what is chosen. */
  fields(redraw, choose = () => {}) {
    const take = (one) => {
      this.chosen = one;
      choose(one);
      redraw();
    };
    return html`<div class="field search-field"><label for=${this.id}>${this.label}</label>
        <input id=${this.id} type="search" autocomplete="off" placeholder=${this.hint} .value=${this.words} @input=${(event) => this.look(event.target.value, redraw)}>
        ${this.problem ? html`<p class="problem" role="alert">${this.problem}</p>` : ""}</div>
      ${this.found ? this.found.length
        ? html`<ul class="found" aria-label=${t("Found")}>${this.found.map((one) => html`<li><button type="button" class="row" data-testid="found"
            aria-current=${this.chosen === one ? "true" : "false"} @click=${() => take(one)}>${this.row(one)}</button></li>`)}</ul>`
        : html`<p class="quiet" role="status">${t("Nothing found. Look for a part of the name, or a whole number.")}</p>` : ""}`;
  }
}
