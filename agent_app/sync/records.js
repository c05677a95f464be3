/** What an agent does at a door, written down and sent. Each resolves once it is on disk. */

import { factId } from "../facts/ids.js";
import { caseSoFar } from "../facts/so_far.js";
import { moment, now } from "../kept/clock.js";
import { value } from "../kept/database.js";
import { recordsOf, write } from "../kept/outbox.js";
import { toText } from "../kept/seal.js";
import { ask } from "./api.js";
import { flush } from "./flush.js";
import { numbersUnderLease } from "./lease.js";
import { freshFix, whyNoPosition } from "./pings.js";

/** Write a record down; `bodyOf` makes its body of the instant that stands in it. */
async function record(kind, path, bodyOf, { id = factId(now()), ...more } = {}) {
  const { agent_id } = await value("session");
  const { at, ...clock } = moment();
  await write({ id, kind, agent_id, path: `/v1/agent/${path}/${id}`, body: bodyOf(at), made_at: at, ...clock, ...more });
  flush();
  return id;
}

const fix = () => freshFix(now()) ?? undefined;

/** Where the phone is, or why it does not know. */
const place = () => (fix() ? { fix: fix() } : { no_fix_because: `location_${whyNoPosition() ?? "not_yet"}` });

/** Arrive. Outside the fence with a `reason_code` and a `reason`. */
export const checkIn = (case_id, why = {}) =>
  record("check_in", "check-ins", (at) => ({ case_id, device_time: at, fix: fix(), ...why }), { case_id });

/** Say that the door of a case, which is on no map, is where the phone is. */
export const pinDoor = (case_id) =>
  record("address_pin", "address-pins", (at) => ({ case_id, device_time: at, fix: fix() }), { case_id });

/** Leave, with what came of it. */
export const checkOut = (visit, outcome, note) =>
  record(
    "check_out", "check-outs",
    (at) => ({ check_in_id: visit.id, device_time: at, fix: fix(), outcome, ...(note && { note }) }),
    { case_id: visit.case_id, needs: visit.id },
  );

/** Take a payment; `mode_reference` is null for cash, `mode_details` what its mode asks besides, `more` what else stands in
 * the receipt: `amount_words`, `tender`, `loan_card`, `one_time_code`, `cause`. Cash goes under the lease, as far as it reaches: then
 * the number on the receipt is the lease's. The id is `id` where somebody has been told it already. */
export async function takePayment(case_id, amount, mode, mode_reference, mode_details = {}, more = {}, id = factId(now())) {
  const { agent_id } = await value("session");
  const [leased] = (mode === "cash" && (await numbersUnderLease([amount.amount_minor], agent_id))) || [];
  const offline = leased && { lease_id: leased.lease_id, number: leased.number };
  const known = await knownOf(case_id, agent_id);
  const bodyOf = (at) => ({
    case_id, amount, mode, mode_reference, mode_details, taken_at: at, ...place(), known, ...more, ...(offline && { offline }),
  });
  return record("receipt", "receipts", bodyOf, { id, case_id, ...(leased && { number: leased.text }) });
}

/** Say afterwards why a receipt is not for what was due. */
export const explain = (case_id, receipt_id, { code, note }) =>
  record("root_cause", "root-causes", () => ({ receipt_id, code, note }), { case_id, needs: receipt_id });

/** Note what came of a visit, in codes of the list, and what comes next. */
export const followUp = (case_id, noted) =>
  record("disposition", "dispositions", (at) => ({ case_id, channel: "visit", ...noted, happened_at: at }), { case_id });

/** Submit the sheet of a center as one: `members` with attendance, `receipts` and `cause` (as facts/sheet.js makes them), the cash
 * counted. With the id of a picture of the group, that goes first. */
export async function submitSheet(center_id, members, denominations, groupImageId) {
  const { agent_id } = await value("session");
  const cash = members.flatMap((member) => member.receipts).filter((receipt) => receipt.mode === "cash");
  const numbers = cash.length ? await numbersUnderLease(cash.map((receipt) => receipt.amount.amount_minor), agent_id) : null;
  const numbered = (receipt) => {
    const leased = numbers?.[cash.indexOf(receipt)];
    return { id: factId(now()), ...receipt, ...(leased && { offline: { lease_id: leased.lease_id, number: leased.number } }) };
  };
  const bodyOf = (at) => ({
    center_id, held_at: at, fix: fix(), asks_unpaid: true, denominations, group_image_id: groupImageId ?? null,
    members: members.map((member) => ({ ...member, receipts: member.receipts.map(numbered) })),
  });
  return record("center_meeting", "center-meetings", bodyOf, { center_id, ...(groupImageId && { needs: groupImageId }) });
}

/** What this phone knows of a case, which the server holds against what it knows by then; undefined for a case that
 * is not in the day. */
async function knownOf(case_id, agent_id) {
  const day = await value("day");
  const entry = day?.cases.find((each) => each.case.id === case_id);
  return entry && { as_of: day.as_of, due_minor: caseSoFar(entry, await recordsOf(agent_id)).due_minor };
}

/** Take a promise down; `hours` are `due_from` and `due_to`, where it was said when to come. */
export const promise = (case_id, amount, due_on, hours = {}) =>
  record("promise", "promises", (at) => ({ case_id, amount, due_on, ...hours, made_at: at }), { case_id });

/** Hand cash over: `target` is "branch", or "bank" with the slip's number. */
export const deposit = (amount, denominations, target, slip_no) =>
  record("deposit", "deposits", (at) => ({
    amount, denominations, target, ...(slip_no && { slip_no }), deposited_at: at,
  }));

/** Hand cash to a colleague, who has it and has said so; both phones made the `id`. */
export const giveCash = (id, taker_id, amount, denominations) =>
  record("handover", "handovers", (at) => ({ taker_id, amount, denominations, given_at: at }), { id });

/** Take a colleague's cash, counted here. */
export const takeCash = (id, giver_id, amount, denominations) =>
  record("handover_taking", "handover-takings", (at) => ({ giver_id, amount, denominations, taken_at: at }), { id });

/** Name who keeps the cash in hand by night, and where. */
export const keepSafe = (keeper, where) => record("safe_keeping", "safe-keepings", () => ({ keeper, place: where }));

/** Call for help, with where the phone is if it knows. On a phone where nothing can be written down the call goes to the
 * server at once: resolves to when it was heard so, else to undefined. */
export async function callForHelp() {
  navigator.vibrate?.([200, 100, 200]);
  const id = factId(now());
  const bodyOf = (at) => ({ device_time: at, fix: fix() });
  try {
    await record("panic", "panics", bodyOf, { id });
  } catch (error) {
    const { at } = moment();
    const { token } = await value("session");
    const { status } = await ask(`/v1/agent/panics/${id}`, { method: "PUT", token, body: bodyOf(at) });
    if (status >= 200 && status < 300) return at;
    throw error;
  }
}

/** Keep the picture of a deposit's slip. */
export const takeSlip = (deposit_id, blob) => takeFile("deposit-slips", { deposit_id }, { needs: deposit_id }, "slip", blob);

/** Keep a picture: `kind` is "photo", "document", "signature", "group_image" or "car_form", `form` what stands on the last.
 * It belongs to the visit that goes on, or else to the case (a group's to one of its members', with `center_id`). Its hash is taken now; the server's must be the same. */
export const takePicture = (its, kind, blob, form = {}) =>
  takeFile("attachments", { kind, ...(its.visit ? { check_in_id: its.visit.id } : { case_id: its.case.id }), ...form },
    { case_id: its.case.id, center_id: its.center_id ?? null, needs: its.visit?.id ?? null }, kind, blob);

async function takeFile(path, query, members, kind, blob) {
  const bytes = await blob.arrayBuffer();
  const sha256 = Array.from(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  const { agent_id } = await value("session");
  const id = factId(now());
  const { at, ...clock } = moment();
  const asked = new URLSearchParams({ ...query, device_time: at });
  await write({
    id, kind: "picture", agent_id, ...members, made_at: at, ...clock,
    path: `/v1/agent/${path}/${id}?${asked}`, body: { kind, sha256, size_bytes: blob.size },
  }, { data: toText(bytes), type: blob.type });
  flush();
  return id;
}
