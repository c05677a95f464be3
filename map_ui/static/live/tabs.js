/** On a phone one panel at a time comes over the map; the grip makes it higher or puts it away. */

import { html, nothing, render } from "../vendor/lit-html/lit-html.js";
import { icon } from "../parts/icon.js";
import { t } from "../parts/texts.js";
import { openAlerts, state } from "./store.js";

const HEIGHTS = [0, 0.46, 0.84]; // shares of the screen
const phone = matchMedia("(max-width: 899px)");

export const isPhone = () => phone.matches;

export class Tabs {
  #page;
  #place;
  #grip;
  #height = 1;
  #onCover;

  /** `onCover(pixels)`: so much more of the map (less, if negative) is now covered from below. */
  constructor(page, place, onCover) {
    this.#onCover = onCover;
    this.#page = page;
    this.#place = place;
    this.#grip = document.createElement("button");
    this.#grip.type = "button";
    this.#grip.className = "grip";
    this.#grip.setAttribute("aria-label", t("Make the panel higher or lower"));
    page.append(this.#grip);
    this.#drag();
    this.#set(1);
    this.draw();
  }

  get current() {
    return this.#page.dataset.tab;
  }

  /** How much of the map a panel covers from below, in pixels. */
  get covers() {
    return isPhone() && this.current !== "map" ? HEIGHTS[this.#height] * innerHeight : 0;
  }

  open(tab) {
    const before = this.covers;
    this.#page.dataset.tab = tab;
    if (tab !== "map" && this.#height === 0) this.#set(1);
    if (this.covers !== before) this.#onCover(this.covers - before);
    this.draw();
  }

  draw() {
    const chosen = state.agents.get(state.selectedId);
    const tabs = [
      ["map", "route", t("Map"), 0],
      ["agents", "people", t("Agents"), 0],
      ["alerts", "bell", t("Alerts"), openAlerts().length],
      ["selected", "target", chosen?.name ?? t("Nobody"), 0],
    ];
    render(
      tabs.map(([tab, sign, word, count]) => html`
        <button type="button" class="tab" data-tab-for=${tab} aria-pressed=${tab === this.current}
          ?disabled=${tab === "selected" && !chosen} @click=${() => this.open(tab)}>
          ${icon(sign)}${count ? html`<span class="count urgent">${count}</span>` : nothing}<span>${word}</span>
        </button>`),
      this.#place,
    );
  }

  #set(height) {
    this.#height = height;
    this.#page.style.setProperty("--sheet-height", `${HEIGHTS[height] * 100}dvh`);
  }

  #settle(share) {
    const apart = HEIGHTS.map((height) => Math.abs(height - share));
    const nearest = apart.indexOf(Math.min(...apart));
    if (nearest === 0) {
      this.#set(1);
      this.open("map");
      return;
    }
    this.#set(nearest);
  }

  #drag() {
    let from = null;
    let share = 0;
    this.#grip.addEventListener("pointerdown", (event) => {
      from = event.clientY;
      share = HEIGHTS[this.#height];
      this.#grip.setPointerCapture(event.pointerId);
    });
    this.#grip.addEventListener("pointermove", (event) => {
      if (from === null) return;
      share = Math.min(0.88, HEIGHTS[this.#height] + (from - event.clientY) / innerHeight);
      this.#page.style.setProperty("--sheet-height", `${share * 100}dvh`);
    });
    const end = (event) => {
      if (from === null) return;
      const tapped = Math.abs(event.clientY - from) < 6;
      from = null;
      if (tapped) this.#set(this.#height === 1 ? 2 : 1);
      else this.#settle(share);
    };
    this.#grip.addEventListener("pointerup", end);
    this.#grip.addEventListener("pointercancel", end);
    this.#grip.addEventListener("keydown", (event) => {
      if (event.key === "ArrowUp") this.#set(2);
      else if (event.key === "ArrowDown") this.#settle(HEIGHTS[this.#height - 1]);
      else if (event.key === "Enter" || event.key === " ") this.#set(this.#height === 1 ? 2 : 1);
      else return;
      event.preventDefault();
    });
  }
}
