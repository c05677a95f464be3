/** What the colors of a way by speed mean, on the map for as long as they are there. */

import { html, nothing, render } from "../vendor/lit-html/lit-html.js";
import { t } from "../parts/texts.js";
import { STEPS, isPaceShown, onPace } from "./pace.js";

const words = (step) => (step + 1 < STEPS.length ? `${STEPS[step].from}–${STEPS[step + 1].from}` : `${STEPS[step].from}+`);

const key = html`<h3>${t("Speed in km/h")}</h3>
  <ol>${STEPS.map((_, step) => html`<li class="pace-${step + 1}"><span class="sample" aria-hidden="true"></span>${words(step)}</li>`)}</ol>`;

/** Draw into `place`, again after each change; `isUsed()` is whether there is a way to color. */
export function paceKey(place, isUsed) {
  const draw = () => {
    const shown = isPaceShown() && isUsed();
    place.hidden = !shown;
    render(shown ? key : nothing, place);
  };
  onPace(draw);
  draw();
  return draw;
}
