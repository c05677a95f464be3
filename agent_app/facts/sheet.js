/** The sheet of a center: what was entered for each member, and what it comes to. Pure.
 *
 * `entries` by case: `{typed, mode, reference, details}`; `marks` by customer: the attendance. */

import { minorOf } from "./money.js";

export const ATTENDANCES = ["present", "late", "absent", "leave", "approved"];
const CAME = new Set(["present", "late"]);

export const membersOf = (sheet) => sheet.groups.flatMap((group) => group.members);

/** What was entered for a case, in minor units: 0 for nothing, null for what is no amount. */
export const entered = (entry, currency) => (entry?.typed ? minorOf(entry.typed, currency) : 0);

/** What a sheet comes to, in minor units: `due` and what is paid of it by cash and otherwise; how many `paid`, `came` and
 * are `unmarked`; and whether every amount `isRead`. */
export function totalsOf(sheet, entries, marks, currency) {
  const totals = { due: 0, cash: 0, other: 0, paid: 0, members: 0, came: 0, unmarked: 0, isRead: true };
  for (const member of membersOf(sheet)) {
    totals.members += 1;
    const mark = marks[member.customer_id];
    if (!mark) totals.unmarked += 1;
    if (CAME.has(mark)) totals.came += 1;
    let paid = 0;
    for (const each of member.cases) {
      totals.due += each.amounts.left.amount_minor;
      const minor = entered(entries[each.case_id], currency);
      if (minor === null) totals.isRead = false;
      totals[entries[each.case_id]?.mode === "cash" || !entries[each.case_id]?.mode ? "cash" : "other"] += minor ?? 0;
      paid += minor ?? 0;
    }
    if (paid) totals.paid += 1;
  }
  return totals;
}

/** The payments on a sheet, in its order: [{case_id, customer_id, amount_minor, mode, reference}]. */
export const paymentsOf = (sheet, entries, currency) =>
  membersOf(sheet).flatMap((member) => member.cases
    .map((each) => ({ ...entries[each.case_id], mode: entries[each.case_id]?.mode ?? "cash", case_id: each.case_id, customer_id: member.customer_id, amount_minor: entered(entries[each.case_id], currency) }))
    .filter((payment) => payment.amount_minor));
