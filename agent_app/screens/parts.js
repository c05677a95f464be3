/** What several screens are made of. */

import { html, nothing } from "/static/vendor/lit-html/lit-html.js";
import { isClockGuessed } from "../kept/clock.js";
import { officePhone } from "../kept/office.js";
import { parked, state, waiting } from "../state.js";
import { t } from "../texts/texts.js";
import { problem } from "../texts/told.js";
import { icon } from "./icon.js";

export { html, icon, nothing };

const LONG = 28; // letters of a title, beyond which they are smaller
const LONG_FIGURE = 12;

/** The rows of a list that can be long: first as many as are seen at once (`atFirst`), and all once those are drawn
 * (`state.isWhole`). */
export function rows(items, row, atFirst) {
  if (state.isWhole || items.length <= atFirst) return items.map(row);
  state.isCut = true;
  return items.slice(0, atFirst).map(row);
}

/** Resolves once what was put on the screen is drawn. */
export const whenDrawn = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));

/** A whole screen: title with the way back, what it shows, and its one main action below the thumb. */
export const screen = ({ title, back, main, action, tab }) => html`
  <header class="top">
    ${back ? html`<a class="button plain square large" href=${back} aria-label=${t("back")}>${icon("chevron", "icon back")}</a>` : nothing}
    <h1 class=${title.length > LONG ? "long" : nothing}>${title}</h1>
    ${badge()}
    ${state.shift && state.route[0] !== "help" ? html`<a class="button danger large sos" href="#/help" aria-label=${t("help")} data-testid="help">SOS</a>` : nothing}
  </header>
  <main class=${tab ?? ""}>${banners()}${main}</main>
  ${action && action !== nothing ? html`<footer class="act">${action}</footer>` : nothing}
  ${tab ? tabs(tab) : nothing}
`;

/** How much waits, on every screen: offline is normal, and so is this. */
function badge() {
  const [wait, park] = [waiting().length, parked().length];
  if (!wait && !park) return navigator.onLine ? nothing : html`<a class="badge" href="#/outbox" aria-label=${t("offline")} title=${t("offline")}>${icon("signal-off")}</a>`;
  const name = park ? t("parkedCount", { count: park }) : t("waitingCount", { count: wait });
  return html`<a class="badge ${park ? "missed" : "probable"}" href="#/outbox" data-testid="badge" aria-label=${name} title=${name}>
    ${icon(park ? "warning" : navigator.onLine ? "clock" : "signal-off")} ${park || wait}</a>`;
}

function banners() {
  return html`
    ${state.trouble ? html`<p class="banner offline" role="alert" data-testid="trouble">${icon("warning")}<span>${problem(state.trouble)}</span></p>` : nothing}
    ${isClockGuessed() ? html`<p class="banner" data-testid="clock-back">${icon("warning")}<span><strong>${t("clockBack")}</strong>${t("clockBackLead")}</span></p>` : nothing}
    ${state.session?.is_over
      ? html`<a class="banner" href="#/sign-in">${icon("lock")}<p><strong>${t("signInAgain")}</strong>${t("nothingIsLost")}</p></a>`
      : nothing}
    ${state.hasUpdate
      ? html`<div class="banner good"><p><strong>${t("newVersion")}</strong>${t("recordsStay")}</p>
          <button class="button" @click=${state.takeUpdate}>${t("update")}</button></div>`
      : nothing}
  `;
}

const TABS = [["round", "route", "#/"], ["map", "target", "#/map"], ["cash", "cash", "#/cash"], ["outbox", "clock", "#/outbox"], ["me", "people", "#/me"]];

const tabs = (current) => html`<nav class="tabs">
  ${TABS.map(([name, its, href]) => html`<a href=${href} aria-current=${name === current ? "page" : nothing} data-testid="tab-${name}">
    ${icon(its)}<span>${t(`tab_${name}`)}</span>${name === "outbox" && waiting().length + parked().length
      ? html`<b class="count">${waiting().length + parked().length}</b>` : nothing}</a>`)}
</nav>`;

/** The main action as a button. */
export const mainButton = (label, onClick, { disabled = false, testid } = {}) => html`
  <button class="button main large" data-testid=${testid ?? nothing} ?disabled=${disabled || state.ui.isBusy} @click=${onClick}>${label}</button>`;

/** The way to a person where the app has none; nothing where the office has set no number. */
export const callOffice = () => (officePhone() ? html`<a class="button large" href="tel:${officePhone()}" data-testid="call-office">${icon("phone")} ${t("callOffice")}</a>` : nothing);

/** An amount in large numerals, which are smaller where it is long: it is never broken within its digits. */
export const figure = (text, testid) => html`<p class="figure ${text.length > LONG_FIGURE ? "long" : ""}" data-testid=${testid ?? nothing}>${text}</p>`;

/** A field with what is wrong under it. */
export const field = ({ name, label, hint, input, wrong }) => html`
  <div class="field">
    <label for=${name}>${label}</label>
    ${hint ? html`<p class="hint">${hint}</p>` : nothing}
    ${input}
    <p class="problem" id="${name}-problem" role="alert">${wrong ?? ""}</p>
  </div>`;

/** Notes and coins, counted; `counts` by face. */
export const counter = (faces, counts, told, onChange) => html`<ul class="faces">
  ${faces.toReversed().map((face) => {
    const count = counts[face] ?? 0;
    const set = (its) => onChange({ ...counts, [face]: Math.max(0, Math.min(9999, its || 0)) });
    return html`<li>
      <span>${told(face)}</span>
      <button type="button" class="button square large" aria-label="${told(face)} −1" ?disabled=${!count} @click=${() => set(count - 1)}>${icon("minus")}</button>
      <input inputmode="numeric" aria-label=${told(face)} name="face-${face}" .value=${String(count || "")} placeholder="0" @change=${(event) => set(Number(event.target.value))}>
      <button type="button" class="button square large" aria-label="${told(face)} +1" @click=${() => set(count + 1)}>${icon("plus")}</button>
    </li>`;
  })}
</ul>`;

/** Choose one of few. */
export const choices = (name, options, chosen, onChoose) => html`<div class="segments" role="radiogroup">
  ${options.map(([value, label]) => html`<label><input type="radio" name=${name} value=${value} .checked=${value === chosen} @change=${() => onChoose(value)}><span>${label}</span></label>`)}
</div>`;
