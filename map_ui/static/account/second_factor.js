/** The second factor: an authenticator app turned on, its recovery codes shown once, and off. */

import { html } from "../vendor/lit-html/lit-html.js";
import { draw } from "../parts/draw.js";
import { Problem, ask } from "../parts/problem.js";
import { t } from "../parts/texts.js";
import { toast } from "../parts/toast.js";
import { attempt } from "./attempt.js";

const URL = "/v1/me/second-factor";
const place = document.getElementById("second-factor");

/** Whether it is on, and what can be done about that. */
export async function showSecondFactor() {
  const { is_on } = await ask(URL);
  draw(place, is_on ? whenOn() : whenOff());
}

const whenOff = () => html`
  <p>${t("It is off: your password alone signs you in.")}</p>
  <button class="button main" type="button" @click=${() => attempt(begin)}>${t("Turn it on")}</button>`;

const whenOn = () => html`
  <p>${t("It is on: after your password, a code of your app is asked for.")}</p>
  ${codeForm(t("A code of the app, or a recovery code"), t("Turn it off"), turnOff)}`;

async function begin() {
  draw(place, whenBegun(await ask(URL, { method: "POST" })));
  place.querySelector("input").focus();
}

const whenBegun = (begun) => html`
  <ol class="steps">
    <li>${t("Scan this with the authenticator app on your phone.")}
      <span class="qr" role="img" aria-label=${t("QR code for the app")} .innerHTML=${begun.qr_code}></span>
      <details>
        <summary>${t("The camera does not work")}</summary>
        <p>${t("Enter this in the app:")} <code class="secret">${begun.secret}</code></p>
      </details>
    </li>
    <li>${t("Enter the six digits that the app shows now.")}</li>
  </ol>
  ${codeForm(t("Six digits"), t("Turn it on"), confirm)}`;

async function confirm(code) {
  const { recovery_codes } = await ask(`${URL}/confirm`, { method: "POST", body: { code } });
  draw(place, whenConfirmed(recovery_codes));
  place.querySelector("button").focus();
}

const whenConfirmed = (codes) => html`
  <p class="banner" role="status">${t("It is on. Keep these recovery codes where you keep papers: each opens your account once when the app is lost, and they are not shown again.")}</p>
  <ul class="codes" data-testid="recovery-codes">${codes.map((each) => html`<li><code>${each}</code></li>`)}</ul>
  <button class="button" type="button" @click=${() => attempt(() => copy(codes))}>${t("Copy them")}</button>
  <button class="button main" type="button" @click=${() => attempt(showSecondFactor)}>${t("I have kept them")}</button>`;

async function copy(codes) {
  await navigator.clipboard.writeText(codes.join("\n"));
  toast(t("Copied"));
}

async function turnOff(code) {
  await ask(URL, { method: "DELETE", body: { code } });
  toast(t("Turned off"));
  await showSecondFactor();
}

/** A form that takes a code and has something done with it. */
const codeForm = (label, word, act) => html`
  <form novalidate @submit=${(event) => submit(event, act)}>
    <p class="banner offline" role="alert" data-problem hidden></p>
    <div class="field">
      <label for="code">${label}</label>
      <input id="code" name="code" autocomplete="one-time-code" autocapitalize="none" spellcheck="false" aria-describedby="code-problem">
      <p class="problem" id="code-problem"></p>
    </div>
    <button class="button" type="submit">${word}</button>
  </form>`;

function submit(event, act) {
  event.preventDefault();
  const form = event.currentTarget;
  attempt(async () => {
    const code = form.elements.namedItem("code").value.replaceAll(" ", "");
    if (code.length < 6) {
      throw new Problem({ title: t("Something is missing"), errors: [{ field: "code", expected: t("Six digits") }] });
    }
    await act(code);
  }, form);
}
