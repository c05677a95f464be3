/** Cases that are dragged, from the map or from the list, onto the agent who is to have them. */

import { html, nothing, render } from "../vendor/lit-html/lit-html.js";
import { t, tn } from "../parts/texts.js";

const BEGINS_PX = 6;
const NEAR_PX = 26;

/** The nearest of some points to `at`, by their id, or null where none is near. Pure. */
export function nearest(points, at, within = NEAR_PX) {
  let found = null;
  let least = within;
  for (const { id, x, y } of points) {
    const away = Math.hypot(x - at.x, y - at.y);
    if (away <= least) [found, least] = [id, away];
  }
  return found;
}

export class CaseDrag {
  #bar;
  #ghost = document.createElement("div");
  #agents;
  #places;
  #moved;
  #drop;
  #held = null;

  /** `bar` is where agents to drop on are listed meanwhile; `agents()` are `{id, name}` and `places()` `{id, x, y}` on
   * the screen; `moved(isDragging)` hears when it begins and ends; `drop(caseIds, agentId)` when it ends on an agent. */
  constructor(bar, { agents, places, moved, drop }) {
    this.#bar = bar;
    this.#agents = agents;
    this.#places = places;
    this.#moved = moved;
    this.#drop = drop;
    this.#ghost.className = "dragged";
    this.#ghost.hidden = true;
    this.#ghost.setAttribute("aria-hidden", "true");
    document.body.append(this.#ghost);
    document.addEventListener("mousemove", (event) => this.#move(event));
    document.addEventListener("mouseup", (event) => this.#up(event));
    document.addEventListener("keydown", (event) => event.key === "Escape" && this.#end());
  }

  /** Cases are held from a mouse's press on; a press without a way is a click, as ever. */
  hold(event, caseIds) {
    if (event.button === 0) this.#held = { caseIds, x: event.clientX, y: event.clientY, began: false, over: null };
  }

  #move({ clientX: x, clientY: y }) {
    const held = this.#held;
    if (!held) return;
    if (!held.began) {
      if (Math.hypot(x - held.x, y - held.y) < BEGINS_PX) return;
      held.began = true;
      document.body.classList.add("dragging");
      this.#ghost.textContent = tn("{count} case", "{count} cases", held.caseIds.length);
      this.#ghost.hidden = false;
      this.#moved(true);
    }
    this.#ghost.style.transform = `translate(${x + 12}px, ${y + 12}px)`;
    const listed = document.elementFromPoint(x, y)?.closest("[data-drop-agent]")?.dataset.dropAgent;
    held.over = listed ?? nearest(this.#places(), { x, y });
    this.#draw();
  }

  #up() {
    const held = this.#held;
    this.#end();
    if (held?.began && held.over) this.#drop(held.caseIds, held.over);
  }

  #end() {
    if (!this.#held) return;
    const { began } = this.#held;
    this.#held = null;
    if (!began) return;
    document.body.classList.remove("dragging");
    this.#ghost.hidden = true;
    render(nothing, this.#bar);
    this.#moved(false);
  }

  #draw() {
    const { over } = this.#held;
    render(html`<div class="drop-bar" data-testid="drop-bar"><strong>${t("Drop on who is to have it")}</strong>
      ${this.#agents().map(({ id, name }) => html`<span class="chip ${id === over ? "over" : ""}" data-drop-agent=${id}>${name}</span>`)}</div>`, this.#bar);
  }
}
