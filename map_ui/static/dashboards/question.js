/** What is asked for, as the page's address says it: a span, a step, and how far one has gone down. Pure. */

import { t } from "../parts/texts.js";

const DAY_MS = 86400000;
const date = (day) => new Date(`${day}T00:00:00Z`);
const text = (value) => value.toISOString().slice(0, 10);
const plus = (day, days) => text(new Date(date(day).getTime() + days * DAY_MS));
const monthOf = (day, by) => {
  const first = date(day);
  return text(new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + by, 1)));
};

/** Spans that one click chooses: name, label, first and last day from today, and the step of its charts. */
export const SPANS = [
  ["today", t("Today"), (today) => [today, today], "day"],
  ["week", t("7 days"), (today) => [plus(today, -6), today], "day"],
  ["month", t("This month"), (today) => [monthOf(today, 0), today], "day"],
  ["last-month", t("Last month"), (today) => [monthOf(today, -1), plus(monthOf(today, 0), -1)], "day"],
  ["quarter", t("90 days"), (today) => [plus(today, -89), today], "week"],
  ["year", t("12 months"), (today) => [monthOf(today, -11), today], "month"],
];

/** What the page can show: name and label. */
export const TABS = [["figures", t("Figures")], ["transactions", t("Transactions")], ["targets", t("Targets and costs")], ["reports", t("Reports")]];

/** The question that an address asks; this month where it asks for none. */
export function fromAddress(search, today) {
  const asked = new URLSearchParams(search);
  const known = SPANS.find(([name]) => name === asked.get("span")) ?? SPANS[2];
  const [from, to] = known[2](today);
  const day = /^\d{4}-\d\d-\d\d$/;
  const own = day.test(asked.get("from") ?? "") && day.test(asked.get("to") ?? "");
  return {
    span: own ? "" : known[0],
    from: own ? asked.get("from") : from,
    to: own ? asked.get("to") : to,
    step: ["day", "week", "month"].includes(asked.get("step")) ? asked.get("step") : known[3],
    branch: asked.get("branch") ?? "",
    agent: asked.get("agent") ?? "",
    tab: TABS.some(([name]) => name === asked.get("tab")) ? asked.get("tab") : "figures",
    kind: asked.get("kind") ?? "",
    state: asked.get("state") ?? "",
    search: asked.get("search") ?? "",
  };
}

/** The address that asks this question. */
export function toAddress(asked) {
  const told = { ...asked };
  if (asked.span) for (const name of ["from", "to"]) delete told[name];
  else delete told.span;
  if (told.tab === "figures") for (const name of ["tab", "kind", "state", "search"]) delete told[name];
  return `?${new URLSearchParams(Object.entries(told).filter(([, value]) => value))}`;
}

/** What a question is to the server, but for how it groups. */
export const parameters = ({ from, to, branch, agent }) => ({ from, to, ...(branch && { branch }), ...(agent && { agent_id: agent }) });

/** One level down: from the lender to branches, from a branch to agents, from an agent to products. */
export const below = ({ branch, agent }) => (agent ? "product" : branch ? "agent" : "branch");
