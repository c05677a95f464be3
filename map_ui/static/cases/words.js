/** What codes are called, and an event in one sentence. Pure. */

import { money } from "../live/money.js";

export const STAGES = {
  pre_due: "Before due", due: "Due", reminder: "Reminder", multi_channel: "Several channels", risk_watch: "Risk watch",
  field: "Field", legal: "Legal", closed: "Closed",
};
export const CLOSURES = {
  paid_in_full: "Paid in full", settled: "Settled", written_off: "Written off", reinstated: "Reinstated",
};
export const NEXT = {
  visit: "Visit", call: "Call", message: "Message", letter: "Letter", await_payment: "Await the payment",
  check_address: "Check the address", supervisor: "Ask the supervisor", legal: "Legal",
};
export const PERSONS = {
  customer: "The customer", co_borrower: "Co-borrower", guarantor: "Guarantor", spouse: "Spouse", relative: "Relative",
  neighbor: "Neighbor", colleague: "Colleague", other: "Somebody else",
};
/** Those who owe, or answer for it: whom a contact with the customer may be with. */
export const OBLIGED = ["customer", "co_borrower", "guarantor"];
export const INTENTS = { willing: "Willing", wavering: "Wavering", unwilling: "Unwilling" };
export const ABILITIES = { able: "Able", partly: "Partly able", unable: "Unable" };
export const CHANNELS = { call: "Call", visit: "Visit", message: "Message" };
export const EXCLUSIONS = {
  changed_hands: "belongs to somebody else", wrong_number: "wrong number", do_not_use: "not to be used",
  out_of_order: "out of order",
};
export const excluded = (words) => words.map((word) => EXCLUSIONS[word] ?? word).join(", ");

export const LINK_STATES = {
  open: ["Open", "visiting", "circle"], paid: ["Paid", "verified", "check"], expired: ["Ended", "planned", "clock"],
  withdrawn: ["Withdrawn", "planned", "cross"],
};
export const MESSAGE_STATES = {
  waiting: ["On its way", "visiting", "clock"], sent: ["Sent", "verified", "check"],
  refused: ["Not allowed", "probable", "warning"], failed: ["Not sent", "missed", "warning"],
};
export const PURPOSES = { receipt: "Receipt", payment_link: "Payment link", one_time_code: "Code for cash" };
export const WRITTEN = { sms: "SMS", whatsapp: "WhatsApp", email: "E-mail" };
export const LANGUAGES = { en: "English", hi: "Hindi", es: "Spanish", id: "Indonesian" };
/** How long a payment link may last, by hours. */
export const LASTS = { 24: "One day", 72: "Three days", 168: "A week", 720: "Thirty days" };

const DAY = { weekday: "short", day: "numeric", month: "short" };

/** "Fri 27 Nov" of a date without a time. */
export const dayOf = (date) => new Date(`${date}T12:00:00Z`).toLocaleDateString(undefined, { ...DAY, timeZone: "UTC" });

/** The date some days after another, as an ISO date. */
export function daysAfter(date, days) {
  const then = new Date(`${date}T12:00:00Z`);
  then.setUTCDate(then.getUTCDate() + days);
  return then.toISOString().slice(0, 10);
}

const joined = (...parts) => parts.filter(Boolean).join(" · ");
const said = (facts) => joined(facts.contact, facts.reason);
const amountOf = (event) => (event.amount ? money(event.amount.amount_minor, event.amount.currency, navigator.language) : "");

const TOLD = {
  check_in: (e) => [joined("Check-in", e.facts.outcome), joined(e.facts.verdict, e.facts.distance_m === null ? "" : `${Math.round(e.facts.distance_m)} m away`, e.facts.note), "pin-off"],
  visit: (e) => ["Visit by position", e.facts.verdict, "target"],
  disposition: (e) => [
    `${CHANNELS[e.facts.channel]}: ${e.facts.result}`,
    joined(said(e.facts), e.facts.person && PERSONS[e.facts.person], e.facts.person_name,
      e.facts.intent && `${INTENTS[e.facts.intent]}, ${ABILITIES[e.facts.ability].toLowerCase()}`, e.facts.note,
      e.facts.next_action && `Next: ${NEXT[e.facts.next_action].toLowerCase()} on ${dayOf(e.facts.next_on)}`),
    e.facts.channel === "visit" ? "people" : "phone"],
  next_action: (e) => [`Next: ${NEXT[e.facts.next_action]} on ${dayOf(e.facts.next_on)}`, e.facts.note, "clock"],
  promise: (e) => [`Promised ${amountOf(e)} by ${dayOf(e.facts.due_on)}`, e.facts.state.replace("_", "-"), "bell"],
  receipt: (e) => [`Paid ${amountOf(e)}`, joined(e.facts.mode, e.facts.number, ...e.facts.flags), "cash"],
  reversal: (e) => [`Receipt of ${amountOf(e)} undone`, joined(e.facts.state, e.facts.reason), "cross"],
  deposit: (e) => [`${amountOf(e)} of it paid in at the ${e.facts.target}`, joined(e.facts.slip_no, e.facts.state.replace("_", " ")), "cash"],
  assignment: (e) => [`With ${e.facts.agent}`, e.facts.reason, "move-out"],
  message: (e) => [`${WRITTEN[e.facts.channel] ?? e.facts.channel} ${e.facts.is_inbound ? "from" : "to"} the customer`, "", "bell"],
  stage: (e) => [`${STAGES[e.facts.from_stage]} → ${e.facts.closure ? CLOSURES[e.facts.closure] : STAGES[e.facts.to_stage]}`, e.facts.reason, "route"],
  root_cause: (e) => [`Why: ${e.facts.cause}`, joined(e.facts.note, e.facts.action, e.facts.outcome), "about"],
  attachment: (e) => [{ photo: "Photo", signature: "Signature", document: "Document" }[e.facts.kind], "", "about"],
  tag: (e) => [`Tagged ${e.facts.tag}`, e.facts.reason, "warning"],
};

/** An event as [title, more, icon]. */
export const told = (event) => TOLD[event.kind]?.(event) ?? [event.kind, "", "about"];
