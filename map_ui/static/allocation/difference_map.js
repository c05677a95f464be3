/** The map of the difference: cases that change hands in the color of who gets them. */

import { html, render } from "../vendor/lit-html/lit-html.js";
import { t } from "../parts/texts.js";
import { basemap } from "../live/basemap.js";
import { onLook, palette } from "../live/palette.js";
import { state } from "./state.js";
import { agentsOf, filtered, fromTo, titleOf } from "./words.js";

// The order of Okabe and Ito: apart for every kind of color vision. Names always tell it too.
const COLORS = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#d55e00", "#56b4e9", "#8a6d00", "#7a4fb5"];
const NOBODY = "#6f7b89";
const MOST_IN_KEY = 8;
const RADIUS_PX = 6;
const HALF_SQUARE_PX = 5;
const EDGE_PX = 20;
const TOOLS_PX = 56;

export class DifferenceMap {
  #map;
  #tiles = null;
  #canvas;
  #drawn;
  #fitted = null;
  #key;
  #choose;
  #hold;
  #all = false;

  /** `choose(caseId)` when a case is clicked, `hold(event, caseId)` when a mouse takes it. */
  constructor(map, key, { choose, hold }) {
    const { L } = window;
    this.#map = map;
    this.#key = key;
    this.#choose = choose;
    this.#hold = hold;
    map.attributionControl.setPrefix(false);
    L.control.scale({ imperial: false, position: "topright" }).addTo(map);
    L.control.zoom({ position: "topright" }).addTo(map);
    this.#canvas = L.canvas({ padding: 0.3 });
    this.#drawn = L.layerGroup().addTo(map);
    map.on("zoomend", () => this.draw()); // squares keep their size on the screen
    onLook(() => {
      if (this.#tiles) this.#tiles = basemap(map, this.#tiles);
      this.draw();
    });
  }

  /** Draw what is chosen; the map moves only when the proposal is another one. */
  draw() {
    this.#drawn.clearLayers();
    const { proposal } = state;
    if (!proposal) {
      render(html``, this.#key);
      if (!this.#fitted) this.#rest();
      return;
    }
    const shown = filtered(proposal.changes, state).filter((change) => change.lat !== null);
    const colors = this.#colors(proposal);
    const starts = new Map(proposal.agents.map((agent) => [agent.agent_id, agent]));
    this.#drawKey(shown, colors);
    if (this.#fitted !== proposal.id && (shown.length || starts.size)) this.#fit(proposal.id, shown, starts);
    this.#lines(shown, starts, colors);
    for (const change of shown) this.#case(change, colors);
    for (const agent of this.#agentsShown(proposal, shown)) this.#agent(agent, colors);
  }

  /** Nothing is weighed yet: where the branches are. */
  #rest() {
    const known = state.branches.map(({ location }) => location).filter(Boolean);
    if (!known.length) return;
    const around = window.L.latLngBounds(known.map(({ lat, lon }) => [lat, lon])).pad(0.3);
    this.#map.fitBounds(around, { animate: false, maxZoom: 13 });
    this.#tiles ??= basemap(this.#map);
    this.#fitted = "branches";
  }

  #colors(proposal) {
    const gets = agentsOf(proposal.changes).filter(({ gets: many }) => many);
    return new Map(gets.map(({ id }, n) => [id, COLORS[n % COLORS.length]]));
  }

  #fit(id, shown, starts) {
    const points = shown.map(({ lat, lon }) => [lat, lon]);
    if (!points.length) points.push(...[...starts.values()].map(({ lat, lon }) => [lat, lon]));
    this.#map.fitBounds(window.L.latLngBounds(points), {
      animate: false,
      maxZoom: 16,
      paddingTopLeft: [EDGE_PX, EDGE_PX],
      paddingBottomRight: [TOOLS_PX, EDGE_PX + this.#covered()],
    });
    this.#tiles ??= basemap(this.#map);
    this.#fitted = id;
  }

  /** How many pixels of the map the key hides from below. */
  #covered() {
    const { bottom } = this.#map.getContainer().getBoundingClientRect();
    return Math.max(0, bottom - this.#key.getBoundingClientRect().top);
  }

  /** From and to, for what is chosen only: thousands of lines would tell nothing. */
  #lines(shown, starts, colors) {
    const wanted = shown.filter((c) => c.case_id === state.caseId || (state.agentId && shown.length <= 500));
    for (const change of wanted) {
      const ends = [[change.from_id, true], [change.to_id, false]];
      for (const [id, before] of ends) {
        const start = starts.get(id);
        if (!start) continue;
        window.L.polyline([[start.lat, start.lon], [change.lat, change.lon]], {
          renderer: this.#canvas,
          interactive: false,
          color: before ? palette["ink-3"] : (colors.get(id) ?? NOBODY),
          weight: before ? 1.5 : 2.5,
          dashArray: before ? "3 6" : null,
        }).addTo(this.#drawn);
      }
    }
  }

  #case(change, colors) {
    const chosen = change.case_id === state.caseId || state.picked.has(change.case_id);
    window.L.circleMarker([change.lat, change.lon], {
      renderer: this.#canvas,
      radius: chosen ? RADIUS_PX + 3 : RADIUS_PX,
      color: chosen ? palette.ink : palette.surface,
      weight: chosen ? 3 : 1.5,
      fillColor: change.to_id ? (colors.get(change.to_id) ?? NOBODY) : palette.surface,
      fillOpacity: change.hypothetical ? 0.45 : 0.95,
    })
      .bindTooltip(`${titleOf(change)}: ${fromTo(change)}`.replaceAll("<", "‹"))
      .on("click", () => this.#choose(change.case_id))
      .on("mousedown", ({ originalEvent }) => {
        // The map stays where it is while a case is taken to somebody.
        this.#map.dragging.disable();
        document.addEventListener("mouseup", () => this.#map.dragging.enable(), { once: true });
        this.#hold(originalEvent, change.case_id);
      })
      .addTo(this.#drawn);
  }

  /** While a case is dragged all agents are shown, to drop it on. */
  dragging(isDragging) {
    this.#all = isDragging;
    this.draw();
  }

  /** Where agents start, on the screen: `{id, x, y}` in CSS pixels. */
  agentPlaces() {
    const { left, top, right, bottom } = this.#map.getContainer().getBoundingClientRect();
    return state.proposal.agents
      .map(({ agent_id: id, lat, lon }) => {
        const { x, y } = this.#map.latLngToContainerPoint([lat, lon]);
        return { id, x: left + x, y: top + y };
      })
      .filter(({ x, y }) => x >= left && x <= right && y >= top && y <= bottom);
  }

  #agentsShown(proposal, shown) {
    if (this.#all) return proposal.agents;
    const concerned = new Set(shown.flatMap(({ from_id, to_id }) => [from_id, to_id]));
    return proposal.agents.filter(({ agent_id }) => concerned.has(agent_id));
  }

  /** Where an agent starts: a square, so that it is no case. */
  #agent(agent, colors) {
    const size = ((HALF_SQUARE_PX * 360) / (256 * 2 ** this.#map.getZoom())) * Math.cos((agent.lat * Math.PI) / 180);
    const wide = size / Math.cos((agent.lat * Math.PI) / 180);
    window.L.rectangle([[agent.lat - size, agent.lon - wide], [agent.lat + size, agent.lon + wide]], {
      renderer: this.#canvas,
      color: palette.ink,
      weight: 2,
      fillColor: colors.get(agent.agent_id) ?? NOBODY,
      fillOpacity: 0.9,
    })
      .bindTooltip(t("{name} starts here", { name: agent.name }).replaceAll("<", "‹"))
      .addTo(this.#drawn);
  }

  #drawKey(shown, colors) {
    const gets = agentsOf(shown).filter(({ gets: many }) => many);
    const named = gets.slice(0, MOST_IN_KEY);
    const more = gets.length - named.length;
    const dot = (color) => html`<svg viewBox="0 0 12 12" aria-hidden="true"><circle cx="6" cy="6" r="5" fill=${color}/></svg>`;
    render(html`<div class="map-key" role="note" aria-label=${t("Key|of a map")}>
      <strong>${t("Goes to")}</strong>
      ${named.map(({ id, name, gets: many }) => html`<span>${dot(colors.get(id))} ${name} (${many})</span>`)}
      ${more > 0 ? html`<span class="quiet">${t("and {count} more", { count: more })}</span>` : ""}
      <span><svg viewBox="0 0 12 12" aria-hidden="true"><rect x="1.5" y="1.5" width="9" height="9" fill="none" stroke="currentColor" stroke-width="2"/></svg> ${t("an agent starts here")}</span>
      ${state.proposal?.state === "open" && state.agents.length ? html`<span class="quiet by-mouse">${t("Drag a case onto whoever is to have it")}</span>` : ""}
    </div>`, this.#key);
  }
}
