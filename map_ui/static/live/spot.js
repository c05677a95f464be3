/** A place in figures, to copy it or to open it in another program. */

import { html } from "../vendor/lit-html/lit-html.js";
import { copyText } from "../parts/copy.js";
import { icon } from "../parts/icon.js";
import { t } from "../parts/texts.js";
import { coordinates, mapLink } from "./coordinates.js";

/** `done()` follows either. */
export function spotLine(place, done = () => {}) {
  const copy = () => {
    copyText(coordinates(place), t("The position is copied."));
    done();
  };
  return html`<p class="spot" data-testid="spot">
    <span class="at">${coordinates(place)}</span>
    <button type="button" class="button small" title=${t("Copy the position")} @click=${copy}>${icon("copy")}${t("Copy")}</button>
    <a class="button small" href=${mapLink(place)} title=${t("Open the position in a map program of this device")}
      @click=${done}>${icon("pin")}${t("Open")}</a>
  </p>`;
}
