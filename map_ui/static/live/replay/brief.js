/** What lies under a pointer on a replayed day's map, in a line or two. Pure. */

import { t } from "../../parts/texts.js";
import { briefly, lateness, stopped } from "../words.js";

/** The words of what `DayLayer.under` found; `times` are those of the day's zone. */
export function inBrief({ kind, of: it }, times) {
  switch (kind) {
    case "payment":
      return [it.label, t("{mode} from {customer}", { mode: it.mode.replaceAll("_", " "), customer: it.customer }), times.clockTime(it.taken_at)].join(" · ");
    case "visit": {
      const parts = [it.customer];
      if (it.began_at) {
        const began = Date.parse(it.began_at);
        const dwell_ms = 1000 * (it.dwell_s ?? 0);
        parts.push(`${times.clockTime(began)}–${times.clockTime(began + dwell_ms)}`, t("Stayed {duration}", { duration: briefly(dwell_ms) }));
      }
      parts.push(it.planned_nth === null ? t("not planned") : t("planned {time}", { time: times.clockTime(it.planned_at) }));
      if (it.began_at && it.planned_nth !== null) parts.push(lateness(it.late_s));
      return parts.join(" · ");
    }
    default:
      return stopped(it, times.clockTime);
  }
}
