/** Statements: sent in by choosing or dropping files, with progress, and what became of each. */

import { html } from "../vendor/lit-html/lit-html.js";
import { draw } from "../parts/draw.js";
import { icon } from "../parts/icon.js";
import { latest } from "../parts/latest.js";
import { t } from "../parts/texts.js";
import { clockTime, day } from "../live/times.js";
import { files, send } from "./api.js";
import { faults, told } from "./words.js";

const ASK_AGAIN_MS = 1500;
const SIGNS = { done: ["verified", "check", t("Taken in")], refused: ["missed", "cross", t("Refused")], waiting: ["planned", "clock", t("Waiting")], matching: ["visiting", "clock", t("Matching")], taken_back: ["missed", "minus", t("Taken back")], again: ["planned", "check", t("Known already")] };

/** `about` asks what has to be known before a file can be taken in: resolves to the balances to send along, or to null when
 * it was left; `aboutCsv` asks how the chosen account's bank writes CSV. */
export function filesPanel(place, { accountId, about, aboutCsv, done, takeBack }) {
  let known = [];
  let sending = [];
  let due = 0;
  const asking = latest();

  const state = ([tone, sign, word]) => html`<span class="badge ${tone}">${icon(sign)}${word}</span>`;
  const show = () => draw(place, html`
    <h2>${t("Statements")}</h2>
    <label class="drop" data-testid="drop">${icon("plus")}<b>${t("Take in a statement")}</b>
      <span class="quiet">${t("CAMT.053, MT940, OFX, or CSV of the chosen account. Drop files here.")}</span>
      <input class="unseen" type="file" multiple @change=${(event) => take(event.target)}></label>
    <button type="button" class="button small" @click=${aboutCsv}>${t("How its bank writes CSV…")}</button>
    <ul class="sent">
      ${sending.map((one) => html`<li data-testid="sent"><p><b>${one.name}</b> ${one.problem ? state(SIGNS.refused) : one.again ? state(SIGNS.again) : ""}
          ${one.problem || one.again ? html`<button type="button" class="button square plain" aria-label=${t("Take {name} off the list", { name: one.name })} @click=${() => off(one)}>${icon("close")}</button>` : ""}</p>
        ${one.again ? html`<p class="quiet" role="status">${t("The same file came in before, as {name} ({when}). Nothing was changed.", { name: one.again.name, when: html`${day(one.again.uploaded_at)} ${clockTime(one.again.uploaded_at)}` })}</p>`
        : one.problem ? html`<div class="problem" role="alert"><p>${one.problem.title}</p>
          <ul>${faults(one.problem).map((words) => html`<li>${words}</li>`)}</ul></div>` : html`<progress class="bar" max="1" .value=${one.share} aria-label=${t("Sending {name}", { name: one.name })}></progress>`}</li>`)}
      ${known.map((one) => html`<li data-testid="file"><p><b>${one.name}</b> ${state(SIGNS[one.state])}</p>
        <p class="quiet">${told(one)}</p>
        ${one.state === "done" ? html`<button type="button" class="button small" @click=${() => takeBack(one)}>${t("Take back…")}<span class="unseen"> ${one.name}</span></button>` : ""}
        ${(one.report?.statements ?? []).filter((s) => s.gap_before).map((s) => html`<p class="gap">${icon("warning")}${t("Days before {from_on} are missing in {account}.", { from_on: s.from_on, account: s.account })}</p>`)}</li>`)}
    </ul>`);

  function off(one) {
    sending = sending.filter((other) => other !== one);
    show();
    place.querySelector("input[type=file]").focus();
  }

  async function refresh() {
    const isLatest = asking();
    const found = await files();
    if (!isLatest()) return;
    known = found;
    show();
    clearTimeout(due);
    if (known.some((one) => one.state === "waiting" || one.state === "matching")) due = setTimeout(follow, ASK_AGAIN_MS);
  }

  async function follow() {
    const before = known.filter((one) => one.state === "waiting" || one.state === "matching");
    await refresh();
    if (before.some(({ id }) => known.find((one) => one.id === id)?.state === "done")) done();
  }

  async function take(input) {
    const chosen = [...(input.files ?? [])];
    if ("value" in input) input.value = "";
    for (const content of chosen) {
      const balances = await about(content);
      if (!balances) continue;
      const one = { name: content.name, share: 0, problem: null };
      sending = [one, ...sending.filter((other) => other.name !== one.name)];
      show();
      try {
        const before = new Set(known.map(({ id }) => id));
        const kept = await send(content, accountId(), balances, (share) => { one.share = share; show(); });
        if (before.has(kept.id)) {
          Object.assign(one, { again: kept });
          show();
          continue;
        }
        sending = sending.filter((other) => other !== one);
        await refresh();
        done();
      } catch (problem) {
        one.problem = problem;
        show();
      }
    }
  }

  for (const kind of ["dragover", "drop"]) {
    place.addEventListener(kind, (event) => {
      event.preventDefault();
      if (kind === "drop") take(event.dataTransfer);
    });
  }
  show();
  return { refresh };
}
