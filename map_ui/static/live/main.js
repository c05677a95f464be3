/** The live map page: wires what is known to what is shown. */

import { html, nothing, render } from "../vendor/lit-html/lit-html.js";
import { t } from "../parts/texts.js";
import { toast } from "../parts/toast.js";
import { drawAgentPanel } from "./agent_panel.js";
import { drawAgentList, list, walkRows } from "./agent_list.js";
import { announce, drawAlerts } from "./alerts_panel.js";
import * as api from "./api.js";
import * as clock from "./clock.js";
import { drawConnection, isOld } from "./connection_banner.js";
import { Feed } from "./feed.js";
import { HeatLayer } from "./heat_layer.js";
import { LiveView } from "./live_view.js";
import { lookToggle } from "./look_toggle.js";
import { mapTools } from "./map_tools.js";
import { onPace } from "./pace.js";
import { paceKey } from "./pace_key.js";
import { readPalette } from "./palette.js";
import { openPanicEnd } from "./panic_sheet.js";
import { readAddress } from "./replay/address.js";
import { Replay } from "./replay/replay.js";
import * as selection from "./selection.js";
import { signOutButton } from "./sign_out.js";
import { loadBatch, loadFences, loadSnapshot, on, setConnection, state, tell } from "./store.js";
import { drawStrip } from "./strip.js";
import { Tabs, isPhone } from "./tabs.js";
import { TerritoriesLayer } from "./territories_layer.js";
import { clockTime, day, exactTime } from "./times.js";
import { openUnavailable } from "./unavailable_sheet.js";
import { wantedAlert } from "./wanted_alert.js";
import { exposeForTests } from "./window_state.js";
import { visits } from "./words.js";

const LIST_EVERY_MS = 500;
const TRAIL_EVERY_MS = 60_000;

const place = (id) => document.getElementById(id);
const page = document.querySelector(".live-page");

readPalette();
const tabs = new Tabs(page, place("tabs"), (pixels) => window.map_live.panBy([0, pixels / 2]));
const view = new LiveView(window.map_live, place("popover"), {
  choose,
  point: showStopInPanel,
  covered: () => Math.max(tabs.covers, replay.covers),
});

const replay = new Replay(page, view, place("replay"), place("selected"), () => {
  drawPanel();
  drawPaceKey();
  view.showSelected();
});

const hasWay = () => replay.isOpen || state.trail?.geometry != null;
const drawPaceKey = paceKey(place("pace-key"), hasWay);
onPace(() => {
  view.drawPlan();
  replay.draw();
});

/** Play a day again; the same day goes on when another agent is chosen meanwhile. */
async function playDay(id, which = null, at = null) {
  await replay.open(id, which, at);
  drawPaceKey();
  if (isPhone()) tabs.open("map");
  selection.select(id);
}

async function choose(id, { stay = false } = {}) {
  if (replay.isOpen) {
    playDay(id, replay.shown.day);
    return;
  }
  const chosen = selection.select(id);
  if (isPhone()) tabs.open("selected");
  if (await chosen && !stay) view.showSelected();
}

/** A call for help shows the place itself, at once; other alerts the agent with the round. */
function showAlert({ kind, agent_id, facts }) {
  if (kind !== "panic") {
    choose(agent_id);
    return;
  }
  const places = [facts?.position, state.agents.get(agent_id)?.position].filter(Boolean);
  const newest = places.sort((a, b) => Date.parse(b.captured_at) - Date.parse(a.captured_at))[0];
  selection.select(agent_id);
  if (isPhone()) tabs.open("map");
  if (newest) view.flyTo(newest);
}

function close() {
  const id = state.selectedId;
  selection.select(null);
  if (isPhone()) tabs.open("map");
  if (id !== null) focusRow(id);
}

function showStopInPanel(stopId) {
  selection.point(stopId);
  const row = place("selected").querySelector(`[data-stop-id="${CSS.escape(stopId)}"]`);
  row?.scrollIntoView({ block: "center", behavior: "smooth" });
}

function showList(part) {
  Object.assign(list, part);
  drawList();
  place("agents").scrollTop = 0;
  if (isPhone()) tabs.open("agents");
}

function drawList() {
  drawRows();
  drawFigures();
}

function drawRows(keep) {
  if (state.loaded) drawAgentList(place("agents"), { choose, changed: () => drawRows() }, keep);
}

/** Go to an agent's row, wherever in the list it is; nowhere when it is not in the list. */
function focusRow(id) {
  drawRows(id);
  place("agents").querySelector(`.row[data-agent-id="${CSS.escape(id)}"]`)?.focus();
}

const drawFigures = () =>
  drawStrip(place("strip"), list, {
    show: showList,
    showAlerts: () => (isPhone() ? tabs.open("alerts") : place("alerts").focus()),
  });

/** What a notification is about, in one step: its card, and its agent on the map. */
function openAlert({ id, agent_id }) {
  state.pointedAlertId = id;
  if (isPhone()) tabs.open("alerts");
  drawDesk();
  place("alerts").querySelector(`[data-alert-id="${CSS.escape(id)}"]`)?.scrollIntoView({ block: "center" });
  if (!state.agents.has(agent_id)) return;
  selection.select(agent_id);
  view.showAgent(agent_id);
}

const wanted = wantedAlert(openAlert);

function drawDesk() {
  if (!state.loaded) return;
  drawAlerts(place("alerts"), {
    show: showAlert,
    endPanic: (alert) => openPanicEnd(place("panic-end"), alert),
    takeOut: (id) => openUnavailable(place("unavailable"), state.agents.get(id)),
  });
  tabs.draw();
}

function drawPanel() {
  if (replay.isOpen) {
    page.querySelector(".desk").classList.add("has-selected");
    return;
  }
  page.querySelector(".desk").classList.toggle("has-selected", state.selectedId !== null);
  drawAgentPanel(place("selected"), {
    close,
    locate: () => {
      if (isPhone()) tabs.open("map");
      view.showSelected();
    },
    point: (stopId) => {
      selection.point(stopId);
      view.showStop(state.round.stops.find((stop) => stop.id === stopId));
    },
    retry: selection.reload,
    decide: selection.decide,
    takeOut: () => openUnavailable(place("unavailable"), state.agents.get(state.selectedId)),
    follow: () => {
      view.follow(!state.following);
      drawPanel();
    },
    play: () => playDay(state.selectedId),
    giveBack,
    error: selection.roundProblem,
  });
}

/** Say in figures what became of the visits of an agent who is back. */
async function giveBack() {
  try {
    const { returned, made, under_way: underWay } = await selection.giveBack();
    toast(t("{visits} given back; others made {made} and are making {more}.", { visits: visits(returned), made, more: underWay }));
  } catch (problem) {
    toast(problem.message, { problem: true });
  }
}

function drawClock() {
  const fast = clock.clockRate() === 1 ? nothing : html`<small> · ${t("demo, ×{rate}", { rate: clock.clockRate() })}</small>`;
  if (state.loaded) {
    render(html`<span title=${exactTime(clock.now())}>${clockTime(clock.now())}</span><small>${day(clock.now())}${fast}</small>`, place("now"));
  }
}

/** Lists follow at a calm pace; only the canvases move at every frame. */
let drawing = 0;
function drawSoon() {
  drawing ||= setTimeout(() => {
    drawing = 0;
    drawList();
    drawPanel();
    tell("tick");
  }, LIST_EVERY_MS);
}

/** Without fences the map still tells who is where; the next snapshot asks again. */
const loadPlans = () => api.fences().then(loadFences, () => {});

on("positions agents stops strip rounds etas", drawSoon);
on("offers", (agents) => {
  if (agents.includes(state.selectedId)) selection.reload();
});
on("alerts", (raised) => {
  announce(place("announcer"), raised);
  if (raised.some(({ agent_id }) => agent_id !== null && agent_id === state.selectedId)) selection.reload();
  drawDesk();
  wanted.look();
  drawList();
});
on("selection round pointed", () => {
  drawPanel();
  drawPaceKey();
  drawList();
  tabs.draw();
});
on("rounds", (agents) => {
  loadPlans();
  if (agents.includes(state.selectedId)) selection.reload();
});
on("connection", () => {
  view.dim(isOld());
  drawConnection(place("connection"), () => feed.retryNow());
});

/** The replay that the address leads to. */
function playWanted() {
  const asked = readAddress(location.search);
  if (asked) playDay(asked.agentId, asked.day, asked.at);
}

const feed = new Feed({
  onSnapshot: (snapshot) => {
    const first = !state.loaded;
    loadSnapshot(snapshot);
    if (first) view.showAll();
    drawDesk();
    drawSoon();
    drawList();
    drawClock();
    loadPlans();
    selection.reload();
    wanted.lookOnce();
    if (first) playWanted();
  },
  onBatch: loadBatch,
  onState: (name, retryAt) => {
    if (name === "live" && isOld()) view.mend();
    setConnection(name, retryAt);
  },
});

setInterval(() => {
  drawClock();
  drawDesk();
  drawSoon();
  drawConnection(place("connection"), () => feed.retryNow());
}, 1000);

setInterval(selection.reloadTrail, TRAIL_EVERY_MS);

addEventListener("keydown", (event) => {
  const typing = event.target.matches?.("input, textarea, select");
  if (event.key === "/" && !typing) {
    if (isPhone()) tabs.open("agents");
    page.querySelector(".search input")?.focus();
    event.preventDefault();
  }
  if (event.key === "Escape" && !document.querySelector("dialog[open]") && state.selectedId !== null) close();
});

walkRows(place("agents"), focusRow);
lookToggle(place("look"));
signOutButton(place("sign-out"));
const territories = new TerritoriesLayer(window.map_live);
const heat = new HeatLayer(view);
mapTools(place("map-tools"), window.map_live, () => view.showAll(), territories, heat, () => replay.isOpen || state.selectedId !== null);
exposeForTests(view, territories, replay, heat);
feed.start();
