/** The map: basemap below, plan and people on canvases above, and what a pointer does there. */

import { html, render } from "../vendor/lit-html/lit-html.js";
import { icon } from "../parts/icon.js";
import { AgentsLayer } from "./agents_layer.js";
import { basemap, hasGaps } from "./basemap.js";
import { Motion } from "./motion.js";
import { onLook } from "./palette.js";
import { PlanLayer } from "./plan_layer.js";
import { Stage } from "./stage.js";
import { on, state, tell } from "./store.js";
import { spotLine } from "./spot.js";
import { clockTime } from "./times.js";
import { stopped } from "./words.js";

const CLOSE_ZOOM = 16;
const WORTH_ZOOMING_M = 40;
const SHEET_PX = 440;
const EDGE = 0.18; // of the map, within which what is followed is brought back
const DESK_PX = 304; // the sheet lies over the desk first

export class LiveView {
  #map;
  #tiles = null;
  #stage;
  #agents;
  #plan = new PlanLayer();
  #motion = new Motion();
  #onPlan;
  #onAgents;
  #popover;
  #act;
  #planDue = false;
  #pinned = false; // what the popover says stays until it is done with
  /** While true, a pointer does nothing here: another layer has the map. */
  quiet = false;

  /** `act` has `choose(agentId)`, `point(stopId)` and `covered()`, the pixels hidden from below. */
  constructor(map, popover, act) {
    this.#map = map;
    this.#popover = popover;
    this.#act = act;
    this.#agents = new AgentsLayer(this.#motion);
    map.attributionControl.setPrefix(false);
    window.L.control.scale({ imperial: false }).addTo(map);
    this.#stage = new Stage(map);
    this.#onPlan = this.#stage.add("plan", 410, (...all) => this.#plan.paint(...all));
    this.#onAgents = this.#stage.add("people", 420, (...all) => this.#agents.paint(...all));
    this.#listen();
    this.#pointer();
  }

  get map() {
    return this.#map;
  }

  motion() {
    return this.#motion;
  }

  /** Another canvas over the map; `paint` as for `Stage.add`. */
  addLayer(name, zIndex, paint) {
    return this.#stage.add(name, zIndex, paint);
  }

  stageView() {
    return this.#stage.view();
  }

  /** Bring a place back to the middle when it comes near the edge. */
  keepInView([lat, lon]) {
    const { x, y } = this.#map.latLngToContainerPoint([lat, lon]);
    const { x: width, y: height } = this.#map.getSize();
    const below = this.#act.covered();
    const inside = x > width * EDGE && x < width * (1 - EDGE) && y > height * EDGE && y < (height - below) * (1 - EDGE);
    if (!inside) this.#map.panTo([lat, lon], { animate: true, duration: 0.4 });
  }

  /** Take away what was not covered by tiles while the connection was down. */
  mend() {
    if (hasGaps()) this.#tiles = basemap(this.#map, this.#tiles);
  }

  showAll() {
    if (!state.bounds) return;
    this.fit(state.bounds);
    this.#tiles ??= basemap(this.#map);
  }

  /** The whole round of the chosen agent, or just the agent. */
  showSelected() {
    const agent = state.agents.get(state.selectedId);
    const points = (state.round?.stops ?? []).map((stop) => [stop.lat, stop.lon]);
    points.push(...(state.round?.geometry?.coordinates ?? []).map(([lon, lat]) => [lat, lon]));
    if (agent?.position) points.push([agent.position.lat, agent.position.lon]);
    if (points.length) this.fit(points);
  }

  /** One agent from close by. */
  showAgent(id) {
    const at = state.agents.get(id)?.position;
    if (at) this.fit([[at.lat, at.lon]]);
  }

  /** Moved visits and who has them now, beside the sheet that tells of them. */
  showMoves() {
    const points = (state.moves ?? []).flatMap(({ from, to_agent_id }) => {
      const to = state.agents.get(to_agent_id)?.position;
      return from && to ? [[from.lat, from.lon], [to.lat, to.lon]] : [];
    });
    if (points.length) this.fit(points, SHEET_PX - DESK_PX);
  }

  /** Where somebody is or was last known to be; also where no round is. */
  flyTo({ lat, lon }) {
    this.#map.flyTo([lat, lon], Math.max(this.#map.getZoom(), CLOSE_ZOOM));
  }

  /** Stay with the chosen agent, or let go. */
  follow(isFollowed) {
    state.following = isFollowed;
    const at = state.agents.get(state.selectedId)?.position;
    if (isFollowed && at) this.#map.setView([at.lat, at.lon], Math.max(this.#map.getZoom(), CLOSE_ZOOM));
  }

  showStop(stop) {
    this.#map.setView([stop.lat, stop.lon], Math.max(this.#map.getZoom(), CLOSE_ZOOM));
  }

  dim(old) {
    this.#onAgents.canvas.classList.toggle("old", old);
  }

  fit(points, right = 0) {
    const below = this.#act.covered();
    this.#map.fitBounds(points, {
      paddingTopLeft: [40, 40],
      paddingBottomRight: [56 + right, 40 + below],
      maxZoom: CLOSE_ZOOM,
    });
  }

  #listen() {
    on("snapshot", () => {
      this.#motion.keepOnly(state.agents);
      for (const agent of state.agents.values()) this.#motion.put(agent);
      this.#people();
    });
    on("positions", (positions) => {
      const time = performance.now();
      for (const { agent_id } of positions) {
        const agent = state.agents.get(agent_id);
        if (agent) this.#motion.move(agent, time);
        if (agent_id !== state.selectedId) continue;
        this.#planDue = true;
        if (state.following && agent && !this.quiet) this.keepInView([agent.position.lat, agent.position.lon]);
      }
      this.#onAgents.invalidate();
    });
    on("agents", (agents) => {
      for (const agent of agents) {
        const track = this.#motion.get(agent.id);
        if (track) track.agent = agent;
        else this.#motion.put(agent);
      }
    });
    on("alerts selection", () => this.#people());
    on("round selection pointed snapshot", () => this.#planned());
    on("stops", () => {
      this.#planDue = true;
    });
    on("tick", () => {
      this.#people();
      if (this.#planDue) this.#planned();
    });
    on("moves", () => {
      this.#planned();
      this.showMoves();
    });
    onLook(() => {
      if (this.#tiles) this.#tiles = basemap(this.#map, this.#tiles);
      this.#agents.forgetLabels();
      this.#people();
      this.#planned();
    });
  }

  /** The round and the trail again, in another way. */
  drawPlan() {
    this.#onPlan.invalidate();
  }

  #people() {
    this.#agents.refresh();
    this.#onAgents.invalidate();
  }

  #planned() {
    this.#planDue = false;
    this.#plan.refresh();
    this.#onPlan.invalidate();
  }

  #pointer() {
    this.#map.on("click", ({ containerPoint: { x, y } }) => {
      this.#unpin();
      if (this.quiet) return;
      this.#popover.hidden = true;
      const group = this.#agents.at(x, y);
      if (group?.members.length > 1) this.#open(group);
      else if (group) this.#act.choose(group.leader.agent.id);
      else this.#stopAt(x, y);
    });
    this.#map.on("mousemove", ({ containerPoint: { x, y } }) => {
      if (this.quiet) return;
      const group = this.#agents.at(x, y);
      const id = group?.members.length === 1 ? group.leader.agent.id : null;
      const bead = group ? null : this.#plan.beadAt(x, y, this.#stage.view());
      const stop = group ? null : this.#plan.at(x, y, this.#stage.view());
      this.#map.getContainer().style.cursor = group || bead || stop || this.#plan.isHeapAt(x, y) ? "pointer" : "";
      this.#map.getContainer().title = bead ? stopped(bead, clockTime) : "";
      if (id !== this.#agents.hoveredId) {
        this.#agents.hoveredId = id;
        this.#onAgents.invalidate();
      }
    });
    this.#map.on("dragstart", () => {
      if (!state.following) return;
      state.following = false;
      tell("pointed");
    });
    this.#map.on("movestart", () => {
      this.#unpin();
      this.#popover.hidden = true;
    });
    this.#map.on("contextmenu", ({ latlng, containerPoint: { x, y } }) => this.pin(this.#placeAt(x, y) ?? { lat: latlng.lat, lon: latlng.lng }));
    this.#popover.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !this.#pinned) return;
      event.stopPropagation();
      this.#unpin();
      this.#map.getContainer().focus();
    });
  }

  /** Whoever or whatever lies under a point, where it really is; undefined on open ground. */
  #placeAt(x, y) {
    if (this.quiet) return undefined;
    const group = this.#agents.at(x, y);
    if (group?.members.length === 1) return group.leader.agent.position;
    const fence = this.#plan.at(x, y, this.#stage.view());
    return fence && (state.fences.get(fence.stop_id) ?? state.round?.stops.find(({ id }) => id === fence.stop_id));
  }

  /** A place in figures, to copy or to open elsewhere, beside where it lies on the map. */
  pin(place) {
    const { x, y } = this.#map.latLngToContainerPoint([place.lat, place.lon]);
    this.say(null);
    render(spotLine(place, () => this.#unpin()), this.#popover);
    this.#popover.classList.remove("told");
    this.#pinned = true;
    this.#showPopover(x, y);
    this.#popover.querySelector("button").focus({ preventScroll: true });
  }

  #unpin() {
    if (this.#pinned) this.#popover.hidden = true;
    this.#pinned = false;
  }

  async #stopAt(x, y) {
    const bead = this.#plan.beadAt(x, y, this.#stage.view());
    if (bead) {
      render(html`<p class="stopped">${stopped(bead, clockTime)}</p>`, this.#popover);
      this.#showPopover(x, y + bead.radius);
      return;
    }
    const stop = this.#plan.at(x, y, this.#stage.view());
    if (!stop) {
      if (this.#plan.isHeapAt(x, y)) this.#map.setZoomAround(window.L.point(x, y), this.#map.getZoom() + 2);
      return;
    }
    if (stop.agent_id !== state.selectedId) await this.#act.choose(stop.agent_id, { stay: true });
    this.#act.point(stop.stop_id);
  }

  /** Words beside a point of the map, for as long as it is pointed at; null takes them away. */
  say(words, x = 0, y = 0) {
    if (this.#pinned) return;
    this.#popover.hidden = true;
    this.#popover.classList.toggle("told", words !== null);
    if (words === null) return;
    render(html`<p class="stopped">${words}</p>`, this.#popover);
    this.#showPopover(x, y);
  }

  #showPopover(x, y) {
    this.#popover.style.left = `${Math.max(8, Math.min(x - 90, this.#map.getSize().x - 200))}px`;
    this.#popover.style.top = `${Math.min(y + 8, this.#map.getSize().y - this.#act.covered() - 120)}px`;
    this.#popover.hidden = false;
  }

  /** Come closer to a pile; list its members where coming closer would not part them. */
  #open(group) {
    const points = group.members.map(({ agent }) => [agent.position.lat, agent.position.lon]);
    const bounds = window.L.latLngBounds(points);
    const across = bounds.getNorthWest().distanceTo(bounds.getSouthEast());
    if (across > WORTH_ZOOMING_M && this.#map.getZoom() < this.#map.getMaxZoom()) {
      this.#map.fitBounds(bounds, { padding: [60, 60], maxZoom: 18 });
      return;
    }
    const choose = (id) => {
      this.#popover.hidden = true;
      this.#act.choose(id);
    };
    render(
      html`<ul class="rows">${group.members.map(({ agent }) => html`<li>
        <button type="button" class="row" @click=${() => choose(agent.id)}>
          ${icon(agent.status, "icon mark")}<span class="who">${agent.name}</span></button></li>`)}</ul>`,
      this.#popover,
    );
    this.#showPopover(group.px, group.py + group.radius);
    this.#popover.querySelector("button").focus();
  }
}
