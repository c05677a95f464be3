/** A phone's set-up page: is it heard, what to change on it, and does it survive a locked screen. */

import { html, nothing, render } from "../vendor/lit-html/lit-html.js";
import { draw } from "../parts/draw.js";
import { icon } from "../parts/icon.js";
import { Problem, ask } from "../parts/problem.js";
import { t } from "../parts/texts.js";
import { clockTime, useZone } from "../live/times.js";
import { MAKERS, guess, parts } from "./makers.js";
import { arrival, figures, progress, verdict } from "./words.js";

const ASK_EVERY_MS = 5000;

const place = (id) => document.getElementById(id);

/** The device key stands behind the #, which browsers send to nobody. */
function deviceKey() {
  try {
    return decodeURIComponent(location.hash.slice(1));
  } catch {
    return "";
  }
}

const call = (path, options = {}) =>
  ask(`/v1/device${path}`, { ...options, headers: { Authorization: `Bearer ${deviceKey()}` } });

async function description() {
  const high = await navigator.userAgentData?.getHighEntropyValues?.(["model"]).catch(() => null);
  return `${high?.model ?? ""} ${navigator.userAgent}`;
}

function drawSteps(maker) {
  const words = (text) => parts(text).map((part, i) => (i % 2 ? html`<b>${part}</b>` : part));
  draw(place("steps"), MAKERS[maker].steps.map(([where, what]) => html`<li><p class="way">${words(where)}</p><p>${what}</p></li>`));
}

async function offerMakers() {
  const select = place("maker");
  const guessed = guess(await description());
  render(Object.entries(MAKERS).map(([key, { name }]) => html`<option value=${key} ?selected=${key === guessed}>${name}</option>`), select);
  select.addEventListener("change", () => drawSteps(select.value));
  drawSteps(guessed);
}

const card = ({ tone, icon: sign, title, text }) =>
  html`<div class="arrival"><span class="sign ${tone}">${icon(sign)}</span><div><h2>${title}</h2><p>${text}</p></div></div>`;

const NO_KEY = {
  tone: "planned", icon: "phone", title: t("Which phone is this?"),
  text: t("To see whether it reports and to test it, open the link that came with its enrollment. It ends with # and the device key."),
};
const WRONG_KEY = {
  tone: "missed", icon: "warning", title: t("This link is not valid any more"),
  text: t("Its device key is unknown. Ask your administrator for a new link."),
};
const UNREACHABLE = {
  tone: "probable", icon: "signal-off", title: t("The server cannot be reached"),
  text: t("Check the phone's connection. This page tries again by itself."),
};

let test = null;
let askedFor = null;
let starting = false;
let problem = "";

function drawTest() {
  // What waits for an answer, or has one, comes before the guide.
  if (test) place("arrival").after(place("test"));
  const running = test?.state === "running";
  const done = test && !running ? verdict(test) : null;
  draw(place("verdict"), html`
    ${test === null ? html`<p>${t("The test takes 15 minutes. It shows whether the phone goes on reporting while nobody uses it. Tracking must be on in the app. No positions are kept, only times.")}</p>` : nothing}
    ${running ? html`
      <p class="lead">${t("Lock the screen now, and leave the phone alone until {time}.", { time: clockTime(test.ends_at) })}</p>
      <progress class="bar" max="1" .value=${progress(test)} aria-label=${t("Time that has passed")}></progress>
      <p>${t("The verdict will be here when you come back, also after closing this page.")}</p>` : nothing}
    ${done ? html`<div class="banner ${done.tone}" data-testid="outcome">${icon(done.icon)}<p><strong>${done.title}</strong>
      ${done.sentences.map((sentence) => html`${sentence} `)}${done.next}</p></div>` : nothing}
    ${test ? html`<dl class="figures">${figures(test).map(([label, value]) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`)}</dl>
      <p class="quiet">${t("Started at {time}, one report every {interval_s} s.", { time: clockTime(test.started_at), interval_s: test.interval_s })}</p>` : nothing}
    ${problem ? html`<p class="banner offline" role="alert">${problem}</p>` : nothing}`);
  draw(place("act"), running
    ? html`<p class="waiting">${icon("clock")}${t("Testing until {time}", { time: clockTime(test.ends_at) })}</p>`
    : html`<button type="button" class="button main large" ?disabled=${starting} @click=${start}>
        ${test ? t("Test again") : t("Start the 15-minute test")}</button>`);
}

async function start() {
  starting = true;
  problem = "";
  drawTest();
  try {
    test = await call("/self-tests", { method: "POST", body: {} });
    place("test").scrollIntoView({ block: "start" });
  } catch (refused) {
    if (!(refused instanceof Problem)) throw refused;
    problem = refused.message;
  } finally {
    starting = false;
    drawTest();
  }
}

const latestTest = () =>
  call("/self-tests/latest").catch((missing) => {
    if (missing.status === 404) return null;
    throw missing;
  });

async function look() {
  const device = await call("");
  useZone(device.zone);
  place("label").textContent = device.label;
  draw(place("arrival"), card(arrival(device)));
  // A phone that had no test before has none until somebody starts one here.
  if (test || askedFor !== deviceKey()) test = await latestTest();
  askedFor = deviceKey();
  place("test").hidden = place("act").hidden = false;
  drawTest();
}

async function refresh() {
  if (document.hidden) return;
  if (!deviceKey()) {
    draw(place("arrival"), card(NO_KEY));
    return;
  }
  try {
    await look();
  } catch (refused) {
    if (!(refused instanceof Problem)) throw refused;
    draw(place("arrival"), card(refused.status === 401 ? WRONG_KEY : UNREACHABLE));
    if (refused.status === 401) place("test").hidden = place("act").hidden = true;
  }
}

offerMakers();
refresh();
setInterval(refresh, ASK_EVERY_MS);
addEventListener("hashchange", refresh);
document.addEventListener("visibilitychange", refresh);
