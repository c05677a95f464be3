/** Signing in, and the start of the shift. */

import { state } from "../state.js";
import { signIn, startShift } from "../sync/session.js";
import { downloadMap } from "../sync/day.js";
import { t } from "../texts/texts.js";
import { problem } from "../texts/told.js";
import { languageField } from "./language.js";
import { callOffice, field, html, icon, mainButton, nothing, screen } from "./parts.js";

export function signInScreen({ act, go, set }) {
  const { ui, session } = state;
  const submit = (event) => {
    event.preventDefault();
    const { username, password } = event.target.elements;
    act(async () => {
      ui.problem = await signIn(username.value.trim(), password.value, (crowd) => set({ problem: crowd }));
      if (!ui.problem && state.route[0] === "sign-in") go("#/");
    });
  };
  const isKnown = !state.wiped && (session || state.vault);
  return html`<form class="alone" @submit=${submit}>
    <img src="/static/mark.svg" alt="" width="56" height="56">
    <h1>${isKnown ? t("signInAgain") : t("signInTitle")}</h1>
    <p class="quiet">${isKnown ? t("nothingIsLost") : t("signInLead")}</p>
    ${ui.problem ? html`<p class="banner ${ui.problem.code === "sign_in_crowd" ? "" : "offline"}" role="alert">${problem(ui.problem)}</p>` : nothing}
    ${field({ name: "username", label: t("username"),
      input: html`<input id="username" name="username" autocomplete="username" autocapitalize="none" required .value=${session?.username ?? ""}>` })}
    ${field({ name: "password", label: t("password"),
      input: html`<input id="password" name="password" type="password" autocomplete="current-password" required>` })}
    <button class="button main large" type="submit" ?disabled=${ui.isBusy}>${t("signIn")}</button>
    ${callOffice()}
    ${isKnown ? nothing : languageField()}
    ${state.install ? html`<button class="button large" type="button" @click=${state.install}>${icon("download")} ${t("install")}</button>` : nothing}
  </form>`;
}

export function shiftScreen({ act }) {
  const { ui, session, device } = state;
  const start = () => act(async () => {
    ui.problem = await startShift();
    if (!ui.problem) downloadMap();
  });
  return screen({
    title: t("hello", { name: session.name }),
    tab: "round",
    main: html`
      <section class="card">
        <h2>${t("shiftTitle")}</h2>
        <p>${t("shiftLead")}</p>
        <p class="quiet">${t("shiftLocation")}</p>
      </section>
      ${device ? nothing : html`<section class="card"><h2>${t("phoneMissing")}</h2><p>${t("phoneMissingLead")}</p>${callOffice()}</section>`}
      ${device?.is_unknown ? html`<p class="banner offline">${t("phoneUnknown")}</p>${callOffice()}` : nothing}
      ${ui.problem ? html`<p class="banner offline" role="alert">${problem(ui.problem)}</p>` : nothing}
      ${state.install ? html`<section class="card"><h2>${t("installTitle")}</h2><p>${t("installLead")}</p>
        <button class="button large" @click=${state.install}>${icon("download")} ${t("install")}</button></section>` : nothing}`,
    action: mainButton(ui.isBusy ? t("downloading") : t("startShift"), start, { testid: "start-shift" }),
  });
}
