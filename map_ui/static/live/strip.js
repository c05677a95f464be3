/** The figures of the day. Each is a way down to its rows. */

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { draw } from "../parts/draw.js";
import { t, whole } from "../parts/texts.js";
import { money, share } from "./money.js";
import { openAlerts, state } from "./store.js";

const tone = (part) => (part >= 1 ? "missed" : part >= 0.9 ? "probable" : "");

const figure = ({ id, label, value, of, bar, className = "", title, act, pressed = false }) => html`
  <button type="button" class="figure ${className}" data-testid="figure-${id}" title=${title}
    aria-pressed=${pressed} @click=${act}>
    <span class="label">${label}</span>
    <span class="value">${value}${of ? html` <span class="of">${t("of {of}", { of })}</span>` : nothing}</span>
    ${bar === undefined ? nothing : html`<progress class="bar ${tone(bar)}" max="1" .value=${bar}></progress>`}
  </button>`;

/** `show({filter, sort})` opens the list that way; `list` is how it is now; `showAlerts()`. */
export function drawStrip(place, list, { show, showAlerts }) {
  const { strip, currency } = state;
  if (!strip) return;
  const open = openAlerts().length;
  const parts = [
    {
      id: "alerts", label: t("Open alerts"), value: whole(open), className: open ? "calls" : "",
      title: t("Show the alerts"), act: showAlerts,
    },
    {
      id: "duty", label: t("On duty"), value: whole(strip.agents_on_duty), of: strip.agents && whole(strip.agents),
      title: t("Show all agents"), act: () => show({ filter: "all", sort: "decision" }),
    },
    {
      id: "visits", label: t("Visits done"), value: whole(strip.visits_done), of: strip.visits_planned && whole(strip.visits_planned),
      bar: undefined, title: t("Show who has most visits to come"), pressed: list.sort === "visits",
      act: () => show({ filter: "all", sort: "visits" }),
    },
    {
      id: "collected", label: t("Collected today"), value: money(strip.collected_minor, currency),
      title: t("Show who collected most"), pressed: list.sort === "collected",
      act: () => show({ filter: "all", sort: "collected" }),
    },
    {
      id: "cash", label: t("Cash in hand"), value: money(strip.cash_in_hand_minor, currency),
      of: money(strip.cash_limit_minor, currency), bar: share(strip.cash_in_hand_minor, strip.cash_limit_minor),
      title: t("Show who carries most cash for their limit"), pressed: list.sort === "cash",
      act: () => show({ filter: "all", sort: "cash" }),
    },
  ];
  draw(place, parts.map(figure));
}
