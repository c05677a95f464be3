/** The sheet of a center: what was entered for each member, and what it comes to. Pure.
 *
 * `entries` by case: `{typed, mode}`, what its mode asks (facts/mode.js) and why it is not what is due (facts/cause.js). By customer:
 * `marks`, the attendance, and `whys`, why one who owes pays nothing. */

import { causeOf, gapOf } from "./cause.js";
import { detailsOf, referenceOf } from "./mode.js";
import { minorOf } from "./money.js";

export const ATTENDANCES = ["present", "late", "absent", "leave", "approved"];
const CAME = new Set(["present", "late"]);

export const membersOf = (sheet) => sheet.groups.flatMap((group) => group.members);

/** What was entered for a case, in minor units: 0 for nothing, null for what is no amount. */
export const entered = (entry, currency) => (entry?.typed ? minorOf(entry.typed, currency) : 0);

/** What a sheet comes to, in minor units: `due` and what is paid of it by cash and otherwise; how many `paid`, `came` and
 * are `unmarked`. */
export function totalsOf(sheet, entries, marks, currency) {
  const totals = { due: 0, cash: 0, other: 0, paid: 0, members: 0, came: 0, unmarked: 0 };
  for (const member of membersOf(sheet)) {
    totals.members += 1;
    const mark = marks[member.customer_id];
    if (!mark) totals.unmarked += 1;
    if (CAME.has(mark)) totals.came += 1;
    let paid = 0;
    for (const each of member.cases) {
      totals.due += each.amounts.left.amount_minor;
      const minor = entered(entries[each.case_id], currency);
      totals[entries[each.case_id]?.mode === "cash" || !entries[each.case_id]?.mode ? "cash" : "other"] += minor ?? 0;
      paid += minor ?? 0;
    }
    if (paid) totals.paid += 1;
  }
  return totals;
}

/** How what is paid for a case differs from what is left of it, as `gapOf` has it; null where nothing is paid. `open` has what
 * is open on each case, due or not, so far as this phone knows. */
export function gapIn(each, entry, currency, open) {
  const minor = entered(entry, currency);
  return minor ? gapOf(minor, { due: each.amounts.left.amount_minor, open: open.get(each.case_id) ?? 0 }) : null;
}

/** Whether a member owes something, and pays nothing. */
export const isUnpaid = (member, entries, currency) =>
  member.amounts.left.amount_minor > 0 && member.cases.every((each) => entered(entries[each.case_id], currency) === 0);

/** What a sheet says of its members, as a record has it but for ids and numbers of receipts. `modes` are the day's. */
export const reportsOf = (sheet, { entries, marks, whys }, modes, currency, open) => membersOf(sheet).map((member) => {
  const { customer_id } = member;
  const cause = isUnpaid(member, entries, currency) ? causeOf(whys[customer_id] ?? {}) : undefined;
  return { customer_id, attendance: marks[customer_id], receipts: receiptsOf(member, entries, modes, currency, open), ...(cause && { cause }) };
});

/** The receipts of a member, as a record has them but for ids and numbers. `modes` are the day's. */
export const receiptsOf = (member, entries, modes, currency, open = new Map()) => member.cases.flatMap((each) => {
  const entry = entries[each.case_id];
  const amount_minor = entered(entry, currency);
  if (!amount_minor) return [];
  const mode = modes.find((one) => one.code === (entry.mode ?? "cash"));
  const details = detailsOf(mode, entry);
  const cause = gapIn(each, entry, currency, open) ? causeOf(entry) : undefined;
  return [{
    case_id: each.case_id, amount: { amount_minor, currency }, mode: mode.code, mode_reference: referenceOf(mode, entry),
    ...(Object.keys(details).length && { mode_details: details }), ...(cause && { cause }),
  }];
});
