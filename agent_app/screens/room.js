/** Room for cash: how much more may be taken, and why not more. */

import { state } from "../state.js";
import { t } from "../texts/texts.js";
import { minor } from "../texts/told.js";

/** Why an agent takes no more cash until some is handed over; null where that is not so. */
export const whyBlocked = () => (state.till?.blocked_for ? t(`blocked_${state.till.blocked_for}`) : null);

/** Why this much cash cannot be taken, in words; null where it can. `counted_minor` of it is in the till already. */
export function beyondRoom(amount_minor, counted_minor = 0) {
  const over = amount_minor - (state.till?.headroom_minor ?? 0) - counted_minor;
  if (over <= 0) return null;
  return whyBlocked() ?? t("overLimit", { over: minor(over), limit: minor(state.till?.limit_minor ?? 0) });
}
