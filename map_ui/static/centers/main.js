/** The page of center meetings: the day's list, and the sheet of the one that is chosen. */

import { html } from "../vendor/lit-html/lit-html.js";
import { draw } from "../parts/draw.js";
import { icon } from "../parts/icon.js";
import { latest } from "../parts/latest.js";
import { Problem, ask } from "../parts/problem.js";
import { locale, t, tn } from "../parts/texts.js";
import { toast } from "../parts/toast.js";
import { signInUrl } from "../live/api.js";
import { lookToggle } from "../live/look_toggle.js";
import { money } from "../live/money.js";
import { signOutButton } from "../live/sign_out.js";
import { badge, sheetView } from "./sheet.js";
import { attended, chosen, hour, standing, sums } from "./words.js";

const ASK_AGAIN_MS = 30_000;
const place = (id) => document.getElementById(id);
const cash = ({ amount_minor, currency }) => money(amount_minor, currency, locale);
const state = { day: "", centers: [], which: "all", open: null, sheet: null };

/** What the page looks at again by itself. */
const shown = new Map();

async function get(url) {
  try {
    return await ask(url, { shown });
  } catch (problem) {
    if (problem instanceof Problem && problem.status === 401) {
      location.assign(`${signInUrl()}?next=${encodeURIComponent(location.pathname + location.search)}`);
    }
    throw problem;
  }
}

const listing = latest();
const opening = latest();

async function load(day) {
  const isLatest = listing();
  const found = await get(`/v1/centers${day ? `?on=${day}` : ""}`);
  if (!isLatest()) return;
  Object.assign(state, { day: found.day, centers: found.centers });
  Object.assign(place("day"), { value: found.day, disabled: false });
  const { open } = state;
  if (open) {
    const sheet = await get(`/v1/centers/${open}/sheet?on=${state.day}`);
    if (!isLatest()) return;
    if (open === state.open) state.sheet = sheet;
  }
  show();
}

const attempt = async (act) => {
  try {
    await act();
  } catch (problem) {
    toast(problem.message, { problem: true });
  }
};

function figure(label, value, which, of = "") {
  return html`<button type="button" class="figure" aria-pressed=${state.which === which ? "true" : "false"}
    @click=${() => { state.which = which; show(); }}>
    <span class="label">${label}</span><span class="value">${value}${of ? html` <span class="of">${of}</span>` : ""}</span></button>`;
}

function strip() {
  const { centers } = state;
  const missing = chosen(centers, "missing").length;
  const currencies = Object.entries(sums(centers));
  const short = chosen(centers, "short");
  const lacking = Object.entries(sums(short)).map(([currency, of]) => money(of.left, currency, locale)).join(" · ");
  const told = (name) => currencies.map(([currency, of]) => money(of[name], currency, locale)).join(" · ") || "–";
  const came = attended(centers);
  return html`
    ${figure(t("Collected"), told("collected"), "all", t("of {amount} due", { amount: told("due") }))}
    ${figure(t("Without a sheet"), missing, "missing", tn("of {count} meeting", "of {count} meetings", centers.length))}
    ${figure(t("Short"), short.length, "short", lacking && t("{amount} left", { amount: lacking }))}
    <span class="figure"><span class="label">${t("Attendance")}</span><span class="value">${came?.of ? `${Math.round((100 * came.came) / came.of)} %` : "–"}
      ${came ? html`<span class="of">${t("{came} of {of} came", { came: came.came, of: came.of })}</span>` : ""}</span></span>`;
}

function row(one) {
  const { center, amounts } = one;
  const current = state.open === center.center_id;
  return html`<li><button type="button" class="meeting" aria-current=${current ? "true" : "false"} data-testid="meeting"
    @click=${() => attempt(() => openSheet(center.center_id))}>
    <time>${hour(center.meets_at)}</time>
    <span class="name"><b>${center.name}</b><span class="quiet">${center.code} · ${tn("{count} member", "{count} members", one.members)}${center.place ? ` · ${center.place}` : ""}</span></span>
    <span class="figures"><b>${cash(amounts.collected)}</b><span class="quiet">${t("of {whole}", { whole: cash(amounts.due) })}</span></span>
    ${badge(standing(one))}
    <span class="quiet came">${one.attendance ? t("{count} came", { count: one.attendance.attended }) : ""}</span></button></li>`;
}

const NOTHING = {
  all: [t("No meetings on this day"), t("Centers meet as their schedule says. Choose another day.")],
  missing: [t("Every sheet is in"), t("Nobody is to be called.")],
  short: [t("No sheet is short"), t("What was due has been paid where sheets are in.")],
};

function show() {
  const centers = chosen(state.centers, state.which);
  draw(place("strip"), strip());
  const [title, words] = NOTHING[state.which];
  draw(place("meetings"), centers.length
    ? html`<ul class="meetings">${centers.map(row)}</ul>`
    : html`<div class="empty">${icon("people")}<strong>${title}</strong><p>${words}</p></div>`);
  place("sheet").hidden = !state.sheet;
  document.body.classList.toggle("open", Boolean(state.sheet));
  if (state.sheet) {
    const summary = state.centers.find((one) => one.center.center_id === state.open);
    draw(place("sheet"), sheetView(state.sheet, summary, { cash, close }));
  }
}

async function openSheet(id) {
  const isLatest = opening();
  const { day } = state;
  const sheet = await get(`/v1/centers/${id}/sheet?on=${day}`);
  if (!isLatest() || day !== state.day) return;
  Object.assign(state, { open: id, sheet });
  remember();
  show();
  const sheetPlace = place("sheet");
  sheetPlace.focus({ preventScroll: true });
  const { top } = sheetPlace.getBoundingClientRect();
  if (top < 0 || top > innerHeight / 2) sheetPlace.scrollIntoView(); // below the list, or the list was read far down
}

function close() {
  opening(); // no sheet that is on its way opens any more
  Object.assign(state, { open: null, sheet: null });
  remember();
  show();
  place("meetings").focus();
}

function remember() {
  const query = new URLSearchParams({ on: state.day, ...(state.open ? { center: state.open } : {}) });
  history.replaceState(null, "", `?${query}`);
}

async function begin() {
  lookToggle(place("look"));
  signOutButton(place("sign-out"));
  const query = new URLSearchParams(location.search);
  place("day").addEventListener("change", ({ target }) => target.value && attempt(async () => {
    Object.assign(state, { open: null, sheet: null });
    await load(target.value);
    remember();
  }));
  try {
    state.open = query.get("center");
    await load(query.get("on"));
  } catch (problem) {
    draw(place("meetings"), html`<div class="empty">${icon("warning")}<strong>${t("Nothing can be shown")}</strong><p>${problem.message}</p></div>`);
  }
  setInterval(() => document.hidden || attempt(() => load(state.day)), ASK_AGAIN_MS);
}

begin();
