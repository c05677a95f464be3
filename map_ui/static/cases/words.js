/** What codes are called, and an event in one sentence. Pure. */

import { locale, t, tn } from "../parts/texts.js";
import { money } from "../live/money.js";

export const STAGES = {
  pre_due: t("Before due"), due: t("Due"), reminder: t("Reminder"), multi_channel: t("Several channels"), risk_watch: t("Risk watch"),
  field: t("Field"), legal: t("Legal"), closed: t("Closed"),
};
export const CLOSURES = {
  paid_in_full: t("Paid in full"), settled: t("Settled"), written_off: t("Written off"), reinstated: t("Reinstated"),
};
export const NEXT = {
  visit: t("Visit|noun"), call: t("Call|noun"), message: t("Message|noun"), letter: t("Letter"), await_payment: t("Await the payment"),
  check_address: t("Check the address"), supervisor: t("Ask the supervisor"), legal: t("Legal"),
};
export const PERSONS = {
  customer: t("The customer"), co_borrower: t("Co-borrower"), guarantor: t("Guarantor"), spouse: t("Spouse"), relative: t("Relative"),
  neighbor: t("Neighbor"), colleague: t("Colleague"), other: t("Somebody else"),
};
/** Those who owe, or answer for it: whom a contact with the customer may be with. */
export const OBLIGED = ["customer", "co_borrower", "guarantor"];
export const INTENTS = { willing: t("Willing"), wavering: t("Wavering"), unwilling: t("Unwilling") };
export const ABILITIES = { able: t("Able"), partly: t("Partly able"), unable: t("Unable") };
export const CHANNELS = { call: t("Call|noun"), visit: t("Visit|noun"), message: t("Message|noun") };
export const EXCLUSIONS = {
  changed_hands: t("belongs to somebody else"), wrong_number: t("wrong number"), do_not_use: t("not to be used"),
  out_of_order: t("out of order"),
};
export const excluded = (words) => words.map((word) => EXCLUSIONS[word] ?? word).join(", ");

export const LINK_STATES = {
  open: [t("Open|state"), "visiting", "circle"], paid: [t("Paid"), "verified", "check"], expired: [t("Ended"), "planned", "clock"],
  withdrawn: [t("Withdrawn"), "planned", "cross"],
};
export const MESSAGE_STATES = {
  waiting: [t("On its way"), "visiting", "clock"], sent: [t("Sent"), "verified", "check"],
  refused: [t("Not allowed"), "probable", "warning"], failed: [t("Not sent"), "missed", "warning"],
};
export const PURPOSES = { receipt: t("Receipt"), payment_link: t("Payment link"), one_time_code: t("Code for cash"), visit_missed: t("Nobody was met"),
  due_reminder: t("Reminder of what is due"), promise_tomorrow: t("Reminder of tomorrow's promise"), promise_today: t("Reminder of today's promise"),
  promise_broken: t("A promise was not kept") };
export const PLAN_STATES = {
  offered: [t("Offered"), "visiting", "clock"], accepted: [t("Runs|plan"), "verified", "check"], declined: [t("Not wanted"), "planned", "cross"],
  lapsed: [t("Offer is over"), "planned", "clock"], kept: [t("Kept|plan"), "verified", "check"], broken: [t("Not kept|plan"), "missed", "warning"],
  ended: [t("Ended|plan"), "planned", "cross"],
};
const PLAN_STEPS = {
  offered: t("Offered to pay in parts"), accepted: t("Pays in parts from now on"), declined: t("Does not want to pay in parts"),
  lapsed: t("The offer to pay in parts is over"), kept: t("All parts of the plan are paid"), broken: t("The plan was not kept"), ended: t("The plan was ended"),
};
export const LEGAL_KINDS = {
  notice: t("Legal notice"), arbitration: t("Arbitration"), cheque_bounce: t("Dishonored cheque"), secured_asset: t("Secured asset"), civil_suit: t("Civil suit"),
  conciliation: t("Conciliation"), insolvency: t("Insolvency"), criminal_complaint: t("Criminal complaint"), other: t("Another kind"),
};
export const LEGAL_DOCUMENTS = {
  notice: t("Notice"), filing: t("Filing"), summons: t("Summons"), order: t("Order or award"), evidence: t("Proof|legal document"),
  power_of_attorney: t("Power of attorney"), settlement: t("Settlement deed"), bill: t("Bill"), other: t("Another paper"),
};
export const LEGAL_OUTCOMES = { awarded: t("Awarded"), settled: t("Settled"), dismissed: t("Dismissed"), withdrawn: t("Withdrawn"), other: t("Another outcome") };
export const WRITTEN = { sms: "SMS", whatsapp: "WhatsApp", email: t("E-mail") };
export const LANGUAGES = { en: t("English"), hi: t("Hindi"), es: t("Spanish"), id: t("Indonesian") };
/** How long a payment link may last, by hours. */
export const LASTS = { 24: t("One day"), 72: t("Three days"), 168: t("A week"), 720: t("Thirty days") };

const DAY = { weekday: "short", day: "numeric", month: "short" };

/** "Fri 27 Nov" of a date without a time, with its year where that is another than this one. */
export function dayOf(date) {
  const isOfThisYear = date.startsWith(`${new Date().getFullYear()}-`);
  return new Date(`${date}T12:00:00Z`).toLocaleDateString(locale, { ...DAY, ...(!isOfThisYear && { year: "numeric" }), timeZone: "UTC" });
}

/** The date some days after another, as an ISO date. */
export function daysAfter(date, days) {
  const then = new Date(`${date}T12:00:00Z`);
  then.setUTCDate(then.getUTCDate() + days);
  return then.toISOString().slice(0, 10);
}

const STATES = {
  open: t("open|promise"), replaced: t("replaced"), kept: t("kept"), part_kept: t("kept in part"), broken: t("broken"),
  asked: t("asked for"), approved: t("approved"), declined: t("declined"),
  in_transit: t("in transit"), acknowledged: t("counted"), rejected: t("sent back"),
};
/** How money was paid. */
export const MODES = {
  cash: t("Cash"), card: t("Card"), transfer: t("Transfer"), upi: "UPI", aeps: "AePS", whatsapp: "WhatsApp Pay", mobile: t("Mobile money"), cheque: t("Cheque"),
};
/** What came of a visit. */
const OUTCOMES = {
  paid: t("Paid"), part_paid: t("Paid a part"), promised: t("Promised to pay"), refused: t("Did not want to pay"), not_home: t("Nobody home"),
  door_locked: t("Could not get in"), moved: t("Has moved away"), third_party: t("Spoke with somebody else"),
};
/** What is odd about a receipt. */
const FLAGS = {
  adhoc: t("nothing was due"), part_paid: t("paid in part where only whole demands are"), limit_breach: t("over the till's limit"),
  handed_on: t("case was with somebody else by then"), from_paper: t("entered from paper"), declared_leaf: t("leaf had been declared cancelled or lost"),
  payer_cash: t("more cash than one payer may pay"), loan_card_not_entered: t("not written in the loan card"),
  code_missing: t("without the customer's code"), code_wrong: t("customer's code was wrong"), code_confirmed: t("customer's code was right"),
  no_fix: t("no position"), fix_stale: t("position was old"), fix_coarse: t("position was coarse"), mock_location: t("position was made up"),
  far_from_customer: t("far from the customer"), location_denied: t("location was not allowed on the phone"),
  location_unavailable: t("phone found no location"), location_not_yet: t("phone had no location yet"),
  amount_differs: t("another amount than asked for"), link_over: t("paid after the link had ended"),
};
const VERDICTS = { verified: t("verified"), probable: t("probable"), unverified: t("not proven") };
const TARGETS = { branch: t("branch"), bank: t("bank") };

const joined = (...parts) => parts.filter(Boolean).join(" · ");
const said = (facts) => joined(facts.contact, facts.reason);
const amountOf = (event) => (event.amount ? money(event.amount.amount_minor, event.amount.currency, locale) : "");

const TOLD = {
  check_in: (e) => [joined(t("Check-in"), OUTCOMES[e.facts.outcome] ?? e.facts.outcome), joined(VERDICTS[e.facts.verdict] ?? e.facts.verdict, e.facts.distance_m === null ? "" : t("{distance} m away", { distance: Math.round(e.facts.distance_m) }), e.facts.note), "pin-off"],
  visit: (e) => [t("Visit by position"), VERDICTS[e.facts.verdict] ?? e.facts.verdict, "target"],
  disposition: (e) => [
    `${CHANNELS[e.facts.channel]}: ${e.facts.result}`,
    joined(said(e.facts), e.facts.person && PERSONS[e.facts.person], e.facts.person_name,
      e.facts.intent && `${INTENTS[e.facts.intent]}, ${ABILITIES[e.facts.ability].toLocaleLowerCase(locale)}`, e.facts.note,
      e.facts.next_action && t("Next: {next} on {day}", { next: NEXT[e.facts.next_action].toLocaleLowerCase(locale), day: dayOf(e.facts.next_on) })),
    e.facts.channel === "visit" ? "people" : "phone"],
  next_action: (e) => [t("Next: {next} on {day}", { next: NEXT[e.facts.next_action], day: dayOf(e.facts.next_on) }), e.facts.note, "clock"],
  promise: (e) => [t("Promised {amount} by {day}", { amount: amountOf(e), day: dayOf(e.facts.due_on) }), joined(STATES[e.facts.state] ?? e.facts.state,
    e.facts.overridden_by && t("taken all the same by {who}: {reason} ({rules})", { who: e.facts.overridden_by, reason: e.facts.override_reason, rules: e.facts.beyond.join(", ") })), "bell"],
  arrears_plan: (e) => [`${PLAN_STEPS[e.facts.step]}: ${amountOf(e)}`, joined(tn("{count} part on {day}", "{count} parts from {day} on", e.facts.installments, { day: dayOf(e.facts.first_on) }), e.facts.reason), "clock"],
  legal_case: (e) => ({
    opened: () => [t("Before the court: {kind}", { kind: LEGAL_KINDS[e.facts.kind] }), joined(e.facts.forum, e.facts.words), "warning"],
    heard: () => [t("Heard on {day}", { day: dayOf(e.facts.heard_on) }), joined(LEGAL_KINDS[e.facts.kind], e.facts.words), "people"],
    spent: () => [t("Spent on the proceeding: {amount}", { amount: amountOf(e) }), e.facts.words, "cash"],
    kept: () => [t("Document of the proceeding: {kind}", { kind: LEGAL_DOCUMENTS[e.facts.document] }), joined(LEGAL_KINDS[e.facts.kind], e.facts.words), "about"],
    closed: () => [t("{kind} closed: {outcome}", { kind: LEGAL_KINDS[e.facts.kind], outcome: LEGAL_OUTCOMES[e.facts.outcome] }), e.facts.words, "check"],
  })[e.facts.step](),
  receipt: (e) => [t("Paid {amount}", { amount: amountOf(e) }), joined(MODES[e.facts.mode] ?? e.facts.mode, e.facts.number, e.facts.is_elsewhere && t("taken by another branch"), e.facts.is_undone && t("undone"), ...e.facts.flags.map((flag) => FLAGS[flag] ?? flag)), "cash"],
  reversal: (e) => [t("Receipt of {amount} undone", { amount: amountOf(e) }), joined(STATES[e.facts.state] ?? e.facts.state, e.facts.reason), "cross"],
  deposit: (e) => [t("{amount} of it paid in at the {target}", { amount: amountOf(e), target: TARGETS[e.facts.target] ?? e.facts.target }), joined(e.facts.slip_no, STATES[e.facts.state] ?? e.facts.state), "cash"],
  assignment: (e) => [t("With {agent}", { agent: e.facts.agent }), e.facts.reason, "move-out"],
  message: ({ facts }) => {
    const channel = WRITTEN[facts.channel] ?? CHANNELS[facts.channel] ?? facts.channel;
    return [facts.is_inbound ? t("{channel} from the customer", { channel }) : t("{channel} to the customer", { channel }), "", facts.channel === "call" ? "phone" : "bell"];
  },
  stage: (e) => [`${STAGES[e.facts.from_stage]} → ${e.facts.closure ? CLOSURES[e.facts.closure] : STAGES[e.facts.to_stage]}`, e.facts.reason, "route"],
  root_cause: (e) => [t("Why: {cause}", { cause: e.facts.cause }), joined(e.facts.note, e.facts.action, e.facts.outcome), "about"],
  attachment: (e) => [{ photo: t("Photo"), signature: t("Signature"), document: t("Document") }[e.facts.kind],
    e.facts.is_held ? e.facts.found ? t("In quarantine: {found} was found in it", { found: e.facts.found }) : t("Waits for the malware scanner") : "", "about"],
  tag: (e) => [t("Tagged {tag}", { tag: e.facts.tag }), e.facts.reason, "warning"],
};

/** An event as [title, more, icon]. */
export const told = (event) => TOLD[event.kind]?.(event) ?? [event.kind, "", "about"];
