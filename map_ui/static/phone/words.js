/** How a phone's reports and its self-test are told. Pure: answers of the API in, words out. */

import { t } from "../parts/texts.js";
import { ago, duration } from "../live/words.js";

const FRESH_MS = 2 * 60_000;

/** Whether positions arrive: `tone` is a token family, `icon` a sign of it. */
export function arrival({ now, heard_at, carried_by }) {
  const carried = carried_by ? t("{carried_by} is signed on to it.", { carried_by }) : t("Nobody is signed on to it.");
  if (heard_at === null) {
    return {
      tone: "probable", icon: "signal-off", title: t("Nothing has arrived yet"),
      text: t("Switch tracking on in the app, and check its server address and device key. {carried}", { carried }),
    };
  }
  const age_ms = Math.max(0, Date.parse(now) - Date.parse(heard_at));
  if (age_ms > FRESH_MS) {
    return {
      tone: "probable", icon: "clock", title: t("Last heard {ago}", { ago: ago(age_ms) }),
      text: t("Open the tracking app and see that it is on. {carried}", { carried }),
    };
  }
  return { tone: "verified", icon: "check", title: t("Reports arrive"), text: t("Last heard {ago}. {carried}", { ago: ago(age_ms), carried }) };
}

const NEXT = {
  no_beat: t("Check that tracking is on in the app and that its server address and device key are right. Then test again."),
  stopped: t("Go through the steps for this phone once more, first those about battery and starting by itself. Then test again."),
  gaps: t("Go through the steps for this phone once more, first those about battery. Then test again."),
  too_few: t("Have the app report more often, also while the phone lies still. Then test again."),
};

/** What a test that is over says: title, sentences, and what to do next. */
export function verdict({ state, findings }) {
  const failed = state === "failed";
  const next = failed ? NEXT[findings[0].code] : t("This phone is ready for the field.");
  return {
    tone: failed ? "offline" : "good",
    icon: failed ? "cross" : "check",
    title: failed ? t("Not passed") : t("Passed"),
    sentences: findings.map(({ text }) => text),
    next,
  };
}

/** The figures of a test, as [label, value]. */
export const figures = ({ expected, taken, late, longest_silence_s }) => [
  [t("Reports taken"), t("{taken} of {expected}", { taken, expected })],
  [t("Longest silence"), duration(longest_silence_s * 1000)],
  [t("Delivered late"), `${late}`],
];

/** How far a running test is, from 0 to 1. */
export const progress = ({ now, started_at, ends_at }) =>
  (Date.parse(now) - Date.parse(started_at)) / (Date.parse(ends_at) - Date.parse(started_at));
