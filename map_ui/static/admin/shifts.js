/** Shifts of a week: a sheet that sets those of many agents and days, or one day of one agent. */

import { Problem, clear, show } from "../parts/problem.js";
import { t, tn } from "../parts/texts.js";
import { call, goOn } from "./forms.js";

const found = document.getElementById("found");
const sheet = document.getElementById("shifts-sheet");
const form = document.getElementById("shifts");
const WEEKDAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/** What the sheet is about: whose shifts, and of one cell its day and what its hours have besides. */
let about = { agentIds: [], day: null, hours: {} };

const field = (name) => form.elements.namedItem(name);

function toldWhose(rows, chosen) {
  if (chosen.length === 1) return chosen[0].dataset.name;
  if (chosen.length) return tn("{count} agent is ticked.", "{count} agents are ticked.", chosen.length);
  return tn("The {count} agent that is listed.", "All {count} agents that are listed.", rows.length);
}

/** Only what is asked for is shown, and looked at. */
function follow() {
  const hours = document.getElementById("shifts-hours");
  hours.hidden = hours.disabled = !field("works").value;
}

function open(rows, chosen, day = null, hours = {}) {
  const meant = chosen.length ? chosen : rows;
  about = { agentIds: meant.map((row) => row.dataset.agent), day, hours };
  clear(form);
  form.reset();
  document.getElementById("shifts-whose").textContent = toldWhose(rows, chosen);
  document.getElementById("shifts-days").hidden = day !== null;
  const first = form.querySelector("[name=from_day]").min;
  const monday = found.querySelector("[data-first-day]").dataset.firstDay;
  const sunday = found.querySelector("[data-first-day]").dataset.lastDay;
  field("from_day").value = day ?? (monday > first ? monday : first);
  field("to_day").value = day ?? (sunday > first ? sunday : first);
  if (hours.from_time) {
    field("hours.from_time").value = hours.from_time;
    field("hours.to_time").value = hours.to_time;
    const [rest, ...further] = hours.breaks;
    if (rest) {
      field("hours.breaks").value = rest.from_time;
      field("break_min").value = rest.length_s / 60;
      field("late_min").value = rest.slack_s / 60;
    }
    document.getElementById("shifts-further").textContent = further.length
      ? tn("{count} more break stays as it is.", "{count} more breaks stay as they are.", further.length) : "";
  } else document.getElementById("shifts-further").textContent = "";
  follow();
  sheet.showModal();
  field("works").focus();
}

function hoursOf() {
  const { breaks = [], round_start = null, round_end = null } = about.hours;
  const rests = breaks.slice(1);
  const from = field("hours.breaks").value;
  if (from) {
    rests.unshift({ from_time: from, length_s: Math.round(field("break_min").value * 60), slack_s: Math.round(field("late_min").value * 60) });
  }
  return { from_time: field("hours.from_time").value, to_time: field("hours.to_time").value, breaks: rests, round_start, round_end };
}

function bodyOf() {
  const { agentIds, day } = about;
  const weekdays = day
    ? [WEEKDAYS[new Date(`${day}T12:00:00Z`).getUTCDay()]]
    : [...form.querySelectorAll("[name=weekdays]:checked")].map(({ value }) => value);
  return {
    agent_ids: agentIds, from_day: field("from_day").value, to_day: field("to_day").value, weekdays,
    hours: field("works").value ? hoursOf() : null, skip_holidays: !day && field("skip_holidays").checked,
  };
}

/** What became of it, with what was left as it is. */
function told({ set, kept, removed, holidays, over, begun_agent_ids: begun }) {
  return [
    set ? tn("{count} shift is set.", "{count} shifts are set.", set) : "",
    removed && !set ? tn("{count} shift is taken away.", "{count} shifts are taken away.", removed) : "",
    kept ? tn("{count} was so already.", "{count} were so already.", kept) : "",
    holidays.length ? tn("{count} holiday is left as it is.", "{count} holidays are left as they are.", holidays.length) : "",
    over.length ? tn("{count} day is over.", "{count} days are over.", over.length) : "",
    begun.length ? tn("The shift of {count} agent has begun and stays.", "The shifts of {count} agents have begun and stay.", begun.length) : "",
  ].filter(Boolean).join(" ") || t("There was nothing to change.");
}

async function send(event) {
  event.preventDefault();
  clear(form);
  event.submitter.disabled = true;
  try {
    goOn(told(await call("/v1/shifts", { method: "PUT", body: bodyOf() })));
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    show(form, problem);
  } finally {
    event.submitter.disabled = false;
  }
}

if (form) {
  const rows = () => [...found.querySelectorAll("tr[data-agent]")];
  document.getElementById("set-many").addEventListener("click", () => {
    const all = rows();
    if (all.length) open(all, all.filter((row) => row.querySelector("[name=agent]").checked));
  });
  found.addEventListener("click", ({ target }) => {
    const button = target.closest("button[data-day]");
    if (!button) return;
    const row = button.closest("tr");
    open([row], [row], button.dataset.day, JSON.parse(button.dataset.hours ?? "{}"));
  });
  form.addEventListener("change", follow);
  form.addEventListener("submit", send);
}
