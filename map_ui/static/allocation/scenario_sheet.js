/** The sheet in which a manager says what would be. */

import { html, render } from "../vendor/lit-html/lit-html.js";
import { beginTyping } from "../parts/focus.js";
import { clear, show } from "../parts/problem.js";
import { t, tn } from "../parts/texts.js";
import { makeScenario } from "./api.js";
import { bodyOf } from "./scenario_form.js";
import { on, state } from "./state.js";

const field = (name, label, more, hint) => html`<div class="field">
  <label for="s-${name}">${label}</label>${hint ? html`<p class="hint">${hint}</p>` : ""}${more}
  <p class="problem" id="${name}-problem"></p></div>`;

const numberField = (name, label, { least = 0, most = 600, step = 1 } = {}) =>
  field(name, label, html`<input id="s-${name}" name=${name} type="number" inputmode="numeric" min=${least} max=${most} step=${step}>`);

const options = (none, list) => html`${none ? html`<option value="">${none}</option>` : ""}
  ${list.map(({ id, name }) => html`<option value=${id}>${name}</option>`)}`;

const select = (name, label, none, list) =>
  field(name, label, html`<select id="s-${name}" name=${name}>${options(none, list)}</select>`);

const agentsByBranch = () => state.branches.map((branch) => ({
  branch,
  agents: state.agents.filter((agent) => agent.branch_id === branch.id),
})).filter(({ agents }) => agents.length);

const agentList = (name, label) => html`<select id="s-${name}" name=${name} multiple size="5" aria-label=${label}>
  ${agentsByBranch().map(({ branch, agents: list }) => html`<optgroup label=${branch.name}>
    ${list.map((a) => html`<option value=${a.agent_id}>${`${a.name} (${tn("{count} case", "{count} cases", a.cases)})`}</option>`)}</optgroup>`)}</select>`;

const form = () => {
  const agents = state.agents.map(({ agent_id: id, name }) => ({ id, name }));
  // A branch with agents is one that works cases; offices above are not.
  const working = new Set(state.agents.map(({ branch_id }) => branch_id));
  const branches = state.branches.filter(({ id }) => working.has(id));
  return html`<form novalidate data-testid="scenario-form">
    <header><h2 id="scenario-title">${t("What would be if…")}</h2>
      <button type="button" class="button square plain" value="close" aria-label=${t("Close")}>✕</button></header>
    <div class="body">
      <p class="banner offline" role="alert" data-problem hidden></p>
      ${field("name", t("Name"), html`<input id="s-name" name="name" maxlength="200" required>`, t("It is told as the reason of every change that you publish."))}
      <fieldset class="field"><legend>${t("Branches")}</legend>
        <div class="choices">${branches.map(({ id, name }) => html`<label><input type="checkbox" name="branch_ids" value=${id} checked>${name}</label>`)}</div>
        <div class="choices"><label><input type="checkbox" name="together">${t("Their agents take cases of all of them")}</label></div>
        <p class="problem" id="branch_ids-problem"></p></fieldset>
      <fieldset class="field"><legend>${t("More agents")}</legend><div class="row-of-fields">
        ${numberField("more", t("How many"), { most: 100 })}
        ${select("more_branch", t("Branch"), "", branches)}
        ${select("more_like", t("Like"), t("start at the branch"), agents)}
        ${field("more_skills", t("Skills"), html`<input id="s-more_skills" name="more_skills" placeholder=${t("car, gold")}>`)}</div></fieldset>
      <fieldset class="field"><legend>${t("Agents left out")}</legend>
        ${agentList("out", t("Agents left out"))}
        <div class="choices"><label><input type="checkbox" name="others_keep">${t("Everybody else keeps their cases")}</label></div></fieldset>
      ${state.territories.length ? html`<fieldset class="field"><legend>${t("A territory in two")}</legend>
        ${select("split", t("Territory"), t("none"), state.territories.map(({ branch_id, code, name, due }) =>
          ({ id: JSON.stringify([branch_id, code]), name: `${code} ${name} (${t("{count} due", { count: due })})` })))}
        <div class="row-of-fields">
          ${field("split_first", t("Who works one part"), agentList("split_first", t("Who works one part")))}
          ${field("split_second", t("Who works the other"), agentList("split_second", t("Who works the other")))}</div>
        <p class="hint">${t("Two parts of about equal work. Each team gets the part that is nearer to it.")}</p></fieldset>` : ""}
      <fieldset class="field"><legend>${t("What each agent takes")}</legend><div class="row-of-fields">
        ${numberField("share", t("% of an equal share"), { most: 500 })}
        ${numberField("most", t("Most cases"), { most: 10_000 })}</div></fieldset>
      <fieldset class="field"><legend>${t("A branch closes")}</legend>
        ${select("close", t("Branch that closes"), t("none"), branches)}
        <p class="hint">${t("Its cases go to the nearest of the other branches, lent.")}</p></fieldset>
      <fieldset class="field"><legend>${t("What wishes are worth, in minutes of travel")}</legend><div class="row-of-fields">
        ${numberField("disturbance_min", t("A change of agent"))}
        ${numberField("continuity_min", t("Knowing the customer"))}
        ${numberField("fairness_min", t("20 % off the fair money"))}
        ${numberField("overload_visits", t("Visits above the share"), { most: 50, step: 0.5 })}</div></fieldset>
      <fieldset class="field"><legend>${t("A demand file as if it had come")}</legend><div class="row-of-fields">
        ${field("demand", t("File (CSV)"), html`<input id="s-demand" name="demand" type="file" accept=".csv,text/csv">`)}
        ${select("file_branch", t("Taken in by"), "", state.branches)}
        ${field("file_date", t("Figures of"), html`<input id="s-file_date" name="file_date" type="date">`)}</div></fieldset>
      <fieldset class="field"><legend>${t("Also")}</legend><div class="choices">
        <label><input type="checkbox" name="with_rounds">${t("Plan the day's rounds of all agents, before and after (takes longer)")}</label></div>
        ${field("day", t("Day"), html`<input id="s-day" name="day" type="date">`, t("The first with somebody at work, unless you say another."))}</fieldset>
    </div>
    <footer><button type="button" class="button" value="close">${t("Cancel")}</button>
      <button type="submit" class="button main">${t("Find out")}</button></footer>
  </form>`;
};

async function base64(file) {
  const url = await new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
  return url.slice(url.indexOf(",") + 1);
}

async function valuesOf(place) {
  const told = new FormData(place);
  const values = Object.fromEntries(told.entries());
  for (const many of ["branch_ids", "out", "split_first", "split_second"]) values[many] = told.getAll(many);
  const file = told.get("demand");
  delete values.demand;
  if (file?.size) {
    values.file = { name: file.name, content: await base64(file) };
    values.file_date ||= new Date().toISOString().slice(0, 10);
  }
  return values;
}

const newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");

let sheet = null;

// What can be split may come while somebody is at the form already.
on(({ territories }) => {
  if (territories && sheet?.open) render(form(), sheet);
});

/** Open the sheet; `asked` is called once the scenario is on its way, and the sheet stays until it has been listed. */
export function openScenario(dialog, asked) {
  sheet = dialog;
  render(form(), dialog);
  const place = dialog.querySelector("form");
  place.reset();
  clear(place);
  const key = newKey();
  for (const button of place.querySelectorAll('[value="close"]')) button.onclick = () => dialog.close();
  place.onsubmit = async (event) => {
    event.preventDefault();
    clear(place);
    const send = place.querySelector('[type="submit"]');
    send.setAttribute("aria-busy", "true");
    send.disabled = true;
    try {
      await makeScenario(bodyOf(await valuesOf(place)), key);
      await asked();
      dialog.close();
    } catch (problem) {
      show(place, problem);
      place.querySelector(".body").scrollTop = 0;
    } finally {
      send.removeAttribute("aria-busy");
      send.disabled = false;
    }
  };
  dialog.showModal();
  beginTyping(dialog);
}
