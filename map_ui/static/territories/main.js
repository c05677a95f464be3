/** The page of territories: what stands, what is being drawn, what is proposed. */

import { html, nothing, render } from "../vendor/lit-html/lit-html.js";
import { lookToggle } from "../live/look_toggle.js";
import { signOutButton } from "../live/sign_out.js";
import { readPalette } from "../live/palette.js";
import { briefly } from "../live/words.js";
import { icon } from "../parts/icon.js";
import { latest } from "../parts/latest.js";
import { Problem, clear, show } from "../parts/problem.js";
import { t, tn, whole } from "../parts/texts.js";
import { toast } from "../parts/toast.js";
import * as api from "./api.js";
import { Ground } from "./ground.js";
import { MOST_CORNERS, Outline } from "./outline.js";

const map = window.map_territories;
const desk = document.getElementById("desk");
const cross = document.getElementById("cross");

const state = { branches: [], at: null, items: [], agents: [], outside: null, chosen: null, proposal: null, busy: false };
let outline = null;

readPalette();
lookToggle(document.getElementById("look"));
signOutButton(document.getElementById("sign-out"));
const ground = new Ground(map);

const items = () => state.proposal?.territories ?? state.items;

function drawGround() {
  const own = state.chosen && outline ? items().filter(({ code }) => code !== state.chosen.code) : items();
  // While an outline is drawn, a click sets a corner.
  ground.draw(own, (code) => !outline && (choose(code), true), { proposed: state.proposal !== null });
  ground.mark(state.chosen?.code ?? null);
}

async function load() {
  const told = await api.standing(state.at.code);
  state.items = told.features.map(({ geometry, properties }) => ({ ...properties, agents: properties.agent_names, shape: geometry }));
  state.agents = told.agents;
  state.outside = told.outside;
  stopDrawing();
  state.chosen = state.proposal = null;
  drawGround();
  draw();
}

const lookingAt = latest();

/** Nobody waits for where its cases are. */
async function drawCases(isLatest) {
  try {
    const points = await api.casePoints(state.at.code);
    if (isLatest()) ground.dots(points);
  } catch (problem) {
    if (isLatest()) toast(problem.message, { problem: true });
  }
}

async function visit(code) {
  state.at = state.branches.find((branch) => branch.code === code);
  ground.dots([]);
  drawCases(lookingAt());
  await load();
  ground.see(state.at.location);
}

/** What keeps a new territory from its code; nothing where it can have it. */
function codeProblem(code) {
  const taken = state.items.some((item) => item.code === code);
  const expected = !code ? t("a code, such as NORTH-1") : taken ? t("a code that no other territory has") : null;
  return expected && new Problem({ errors: [{ field: "code", expected }] });
}

const shapeProblem = () => new Problem({ errors: [{ field: "shape", expected: t("Draw three corners or more, or fill in pin codes.") }] });

/** The form has one field for a whole shape. */
const byField = (errors) => errors.map((each) => ({ ...each, field: each.field.replace(/^shape\..+/, "shape") }));

/** One thing at a time; what goes wrong is said, at its field where it has one. */
async function busily(act, form = null) {
  if (state.busy) return;
  state.busy = true;
  draw();
  let problem = null;
  try {
    await act();
  } catch (raised) {
    problem = raised;
  }
  state.busy = false;
  draw();
  if (!problem) return;
  if (form && problem.errors?.length) show(form, { ...problem, message: problem.message, errors: byField(problem.errors) });
  else toast(problem.message, { problem: true });
}

function choose(code) {
  if (state.proposal || state.busy) return; // what is saved closes when its answer comes
  state.chosen = state.items.find((item) => item.code === code) ?? null;
  ground.mark(code);
  draw();
  desk.scrollTop = 0;
}

function startNew() {
  if (state.busy) return;
  state.chosen = { code: "", name: "", precedence: 100, pincodes: [], agent_ids: [], shape: null, isNew: true };
  startDrawing([]);
}

function close() {
  stopDrawing();
  state.chosen = null;
  drawGround();
  draw();
}

/** The corners of a shape that can be edited by hand: one ring, not too many corners. */
function cornersOf(shape) {
  if (!shape) return [];
  const parts = shape.type === "Polygon" ? [shape.coordinates] : shape.coordinates;
  if (parts.length !== 1 || parts[0].length !== 1 || parts[0][0].length - 1 > MOST_CORNERS) return null;
  return parts[0][0].slice(0, -1).map(([lng, lat]) => window.L.latLng(lat, lng));
}

function startDrawing(corners) {
  stopDrawing();
  outline = new Outline(map, corners, () => {
    const told = document.getElementById("shape-problem");
    if (told) told.textContent = ""; // of the shape before
    draw();
  });
  cross.hidden = false;
  drawGround();
  draw();
}

function stopDrawing() {
  outline?.remove();
  outline = null;
  cross.hidden = true;
}

function save(event) {
  event.preventDefault();
  const form = event.target;
  const told = new FormData(form);
  const code = state.chosen.isNew ? told.get("code").trim() : state.chosen.code;
  clear(form);
  const shape = outline ? outline.shape : state.chosen.shape;
  const pincodes = told.get("pincodes").split(/[,;\n]+/).map((each) => each.trim()).filter(Boolean);
  const problem = (state.chosen.isNew && codeProblem(code)) || (!shape && !pincodes.length && shapeProblem());
  if (problem) {
    show(form, problem);
    return;
  }
  if (outline?.crosses) {
    form.elements.namedItem("shape").focus(); // where it says so
    return;
  }
  const body = {
    name: told.get("name").trim() || code,
    precedence: Number(told.get("precedence")),
    pincodes,
    agent_ids: told.getAll("agent_ids"),
    shape,
  };
  busily(async () => {
    const { overlaps, shortfalls } = await api.put(state.at.code, code, body);
    await load();
    toast(overlaps.length ? t("{code} is saved; slivers overlap with {others}", { code, others: overlaps.map(({ territory }) => territory).join(", ") }) : t("{code} is saved", { code }));
    for (const { sentence } of shortfalls) toast(`${code}: ${sentence}`, { problem: true });
  }, form);
}

const end = () => busily(async () => {
  const { code } = state.chosen;
  await api.end(state.at.code, code);
  await load();
  toast(t("{code} ends today; what it was is kept", { code }));
});

function importFile(event) {
  const [file] = event.target.files;
  event.target.value = "";
  if (!file) return;
  busily(async () => {
    const { fates } = await api.importFile(state.at.code, file);
    const refused = fates.filter(({ outcome }) => outcome === "refused");
    await load();
    ground.see();
    toast(t("{imported} imported, {refused} refused", { imported: fates.length - refused.length, refused: refused.length }), { problem: refused.length > 0 });
    const mended = fates.filter(({ is_mended: isMended, outcome }) => isMended && outcome !== "refused");
    if (mended.length) toast(t("{codes}: the boundary crossed itself or was not closed, and is mended. Look whether it is as meant.", { codes: mended.map(({ code }) => code).join(", ") }));
    const empty = fates.filter(({ shortfalls }) => shortfalls.length);
    for (const { code, shortfalls } of empty.slice(0, 3)) toast(`${code}: ${shortfalls[0].sentence}`, { problem: true });
    for (const { index, code, reasons } of refused.slice(0, 3)) toast(`${code ?? t("Number {index}", { index })}: ${reasons[0]}`, { problem: true });
  });
}

function propose(event) {
  event.preventDefault();
  const told = new FormData(event.target);
  const wanted = told.get("territories");
  const body = { territories: wanted ? Number(wanted) : null, tolerance_pct: Number(told.get("tolerance_pct")) };
  busily(async () => {
    state.proposal = await api.propose(state.at.code, body);
    drawGround();
    ground.see();
  }, event.target);
}

const settle = (what) => busily(async () => {
  const done = await api[what](state.proposal.id);
  await load();
  toast(what === "publish" ? tn("{count} territory stands from today on", "{count} territories stand from today on", done.proposal.territories.length) : t("The proposal is put aside"));
});

const field = (name, label, input, hint = "") => html`<div class="field"><label for=${name}>${label}</label>
  ${hint ? html`<p class="hint" id="${name}-hint">${hint}</p>` : nothing}${input}<p class="problem" id="${name}-problem"></p></div>`;

const work = (minutes) => briefly(minutes * 60_000);

const row = (item) => html`<li><button type="button" class="row" aria-current=${item.code === state.chosen?.code}
  @click=${() => choose(item.code)}>${icon("territories", "icon mark")}<span class="who">${item.code === item.name ? item.code : `${item.code} · ${item.name}`}</span>
  <span class="figure-end">${tn("{count} case", "{count} cases", item.cases)}</span>
  <span class="what">${item.agents.join(", ") || t("Nobody works it")}${item.work_min ? ` · ${t("{duration} of work", { duration: work(item.work_min) })}` : nothing}</span></button></li>`;

const drawing = () => {
  if (outline) {
    return html`<p class="quiet">${tn("{count} corner. Click the map to add one, or add one at the cross; drag corners, or use arrow keys and Delete.", "{count} corners. Click the map to add one, or add one at the cross; drag corners, or use arrow keys and Delete.", outline.corners)}</p>
      <p class="crosses" role="status" data-testid="crosses">${outline.crosses ? t("Two sides cross at the ring on the map. Drag a corner until none do, or undo the last change.") : nothing}</p>
      <div class="flow"><button type="button" class="button small" data-testid="add-corner" @click=${() => outline.add(map.getCenter())}>${t("Add a corner at the cross")}</button>
      <button type="button" class="button small" data-testid="undo-corner" title=${t("Undo the last change of the shape (Ctrl+Z)")} ?disabled=${!outline.canUndo} @click=${() => outline.undo()}>${t("Undo")}</button>
      ${state.chosen.isNew ? nothing : html`<button type="button" class="button small" @click=${() => { stopDrawing(); drawGround(); draw(); }}>${t("Leave the shape as it was")}</button>`}</div>`;
  }
  const corners = cornersOf(state.chosen.shape);
  return html`<div class="flow">
    ${corners?.length ? html`<button type="button" class="button small" @click=${() => startDrawing(corners)}>${t("Edit the corners")}</button>` : nothing}
    <button type="button" class="button small" @click=${() => startDrawing([])}>${state.chosen.shape ? t("Draw it anew") : t("Draw a shape")}</button></div>`;
};

const territoryForm = (chosen) => html`<section aria-label=${t("Territory")}><h2>${chosen.isNew ? t("New territory") : chosen.code}</h2>
  <form novalidate @submit=${save}>
    ${chosen.isNew ? field("code", t("Code"), html`<input id="code" name="code" required maxlength="40" pattern="[A-Za-z0-9][A-Za-z0-9._\\-]*" .value=${""}>`) : nothing}
    ${field("name", t("Name"), html`<input id="name" name="name" maxlength="200" .value=${chosen.name}>`)}
    <fieldset class="field" name="shape" tabindex="-1"><legend>${t("Shape")}</legend>${drawing()}<p class="problem" id="shape-problem"></p></fieldset>
    ${field("pincodes", t("Pin codes"), html`<textarea id="pincodes" name="pincodes" .value=${chosen.pincodes.join(", ")}></textarea>`, t("With commas between; for addresses without a point"))}
    ${field("precedence", t("Precedence"), html`<input id="precedence" name="precedence" type="number" min="1" max="1000" .value=${String(chosen.precedence)}>`, t("The lower goes first where two overlap"))}
    <fieldset class="field"><legend>${t("Who works it")}</legend><div class="choices">${state.agents.map(({ id, name }) => html`<label>
      <input type="checkbox" name="agent_ids" value=${id} .checked=${chosen.agent_ids.includes(id)}>${name}</label>`)}</div><p class="problem" id="agent_ids-problem"></p></fieldset>
    <p class="banner offline" role="alert" data-problem hidden></p>
    <div class="flow acts"><button class="button main" data-testid="save" aria-busy=${state.busy}>${t("Save")}</button>
      <button type="button" class="button" @click=${close}>${t("Close")}</button>
      ${chosen.isNew ? nothing : html`<button type="button" class="button danger" @click=${end}>${t("End it today")}</button>`}</div>
  </form></section>`;

function howGood(figures) {
  const travel = Math.round(figures.mean_travel_s / 60);
  if (figures.territories === 1) return t("One territory of about {work}; {travel} min on average from its middle to a case.", { work: work(figures.mean_work_min), travel });
  return t("{count} territories of about {work} each. The heaviest has {most} %, the lightest {least} % of that; {travel} min on average from a middle to a case.", { count: whole(figures.territories), work: work(figures.mean_work_min), most: Math.round(figures.most_to_mean * 100), least: Math.round(figures.least_to_mean * 100), travel });
}

const weighed = ({ figures, territories }) => html`<section aria-label=${t("Proposal")} data-testid="proposal"><h2>${t("Proposal")}</h2>
  <p>${howGood(figures)}</p>
  ${figures.shortfalls.map(({ sentence }) => html`<p class="shortfall">${sentence}</p>`)}
  <div class="flow"><button type="button" class="button main" data-testid="publish" aria-busy=${state.busy} @click=${() => settle("publish")}>${t("Publish")}</button>
    <button type="button" class="button" @click=${() => settle("discard")}>${t("Put it aside")}</button></div>
  <p class="quiet">${t("Published, they take the place of today's shapes. Until then nothing changes.")}</p>
  <ul class="rows">${territories.map(row)}</ul></section>`;

const overview = () => html`<section aria-label=${t("What there is")}>
  ${state.branches.length > 1 ? field("branch", t("Branch"), html`<select id="branch" ?disabled=${state.busy} @change=${({ target }) => busily(() => visit(target.value))}>
    ${state.branches.map(({ code, name }) => html`<option value=${code} ?selected=${code === state.at.code}>${name}</option>`)}</select>`) : nothing}
  ${state.items.length ? html`<ul class="rows" data-testid="standing">${state.items.map(row)}</ul>` : html`<p class="quiet">${t("No territory stands today. Draw one, import some, or have them proposed.")}</p>`}
  ${state.outside?.cases ? html`<p class="quiet">${tn("{count} open case lies in none.", "{count} open cases lie in none.", state.outside.cases)}</p>` : nothing}
  <div class="flow"><button type="button" class="button main" data-testid="new" @click=${startNew}>${t("Draw one")}</button>
    <label class="button">${t("Import a file")}<input class="unseen" type="file" accept=".geojson,.json,.csv" @change=${importFile}></label>
    <a class="button" href=${api.exportUrl(state.at.code)}>${t("Export")}</a></div></section>
  <section aria-label=${t("Propose")}><h2>${t("Have them proposed")}</h2><form novalidate @submit=${propose}>
    <div class="pair">${field("territories", t("How many"), html`<input id="territories" name="territories" type="number" min="1" max="2000" placeholder=${t("One per agent")}>`)}
      ${field("tolerance_pct", t("Within, %"), html`<input id="tolerance_pct" name="tolerance_pct" type="number" min="1" max="100" value="10">`)}</div>
    <div class="flow"><button class="button" data-testid="propose" aria-busy=${state.busy}>${t("Propose")}</button></div></form></section>`;

let drawn = false;
function draw() {
  if (!state.at) return;
  if (!drawn) desk.replaceChildren();
  drawn = true;
  render(state.proposal ? weighed(state.proposal) : state.chosen ? territoryForm(state.chosen) : overview(), desk);
}

addEventListener("keydown", (event) => {
  // What was drawn is not lost by one key.
  if (event.key === "Escape" && state.chosen && !outline?.canUndo) close();
});

await busily(async () => {
  state.branches = await api.branches();
  if (state.branches.length) await visit(state.branches[0].code);
});
