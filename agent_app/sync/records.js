/** What an agent does at a door, written down and sent. Each resolves once it is on disk. */

import { factId } from "../facts/ids.js";
import { instant, now } from "../kept/clock.js";
import { value } from "../kept/database.js";
import { write } from "../kept/outbox.js";
import { flush } from "./flush.js";
import { freshFix } from "./pings.js";

async function record(kind, path, body, more = {}) {
  const { agent_id } = await value("session");
  const id = factId(now());
  await write({ id, kind, agent_id, path: `/v1/agent/${path}/${id}`, body, made_at: instant(), ...more });
  flush();
  return id;
}

const fix = () => freshFix(now()) ?? undefined;

/** Arrive. Outside the fence with a `reason_code` and a `reason`. */
export const checkIn = (case_id, why = {}) =>
  record("check_in", "check-ins", { case_id, device_time: instant(), fix: fix(), ...why }, { case_id });

/** Leave, with what came of it. */
export const checkOut = (visit, outcome, note) =>
  record(
    "check_out", "check-outs",
    { check_in_id: visit.id, device_time: instant(), fix: fix(), outcome, ...(note && { note }) },
    { case_id: visit.case_id, needs: visit.id },
  );

/** Take a payment; `mode_reference` is null for cash, `mode_details` what its mode asks besides. */
export const takePayment = (case_id, amount, mode, mode_reference, mode_details = {}) =>
  record("receipt", "receipts", { case_id, amount, mode, mode_reference, mode_details, taken_at: instant(), fix: fix() }, { case_id });

/** Take a promise down. */
export const promise = (case_id, amount, due_on) =>
  record("promise", "promises", { case_id, amount, due_on, made_at: instant() }, { case_id });

/** Hand cash over: `target` is "branch", or "bank" with the slip's number. */
export const deposit = (amount, denominations, target, slip_no) =>
  record("deposit", "deposits", {
    amount, denominations, target, ...(slip_no && { slip_no }), deposited_at: instant(),
  });
