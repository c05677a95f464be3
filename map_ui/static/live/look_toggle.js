/** System, light or dark: one button, remembered on this device. */

import { render } from "../vendor/lit-html/lit-html.js";
import { icon } from "../parts/icon.js";
import { t } from "../parts/texts.js";
import { readPalette } from "./palette.js";

const LOOKS = ["system", "light", "dark"];
const NAMES = { system: t("as the system"), light: t("light"), dark: t("dark") };
const ICONS = { system: "system", light: "sun", dark: "moon" };

const current = () => document.documentElement.dataset.look ?? "system";

function choose(look) {
  if (look === "system") delete document.documentElement.dataset.look;
  else document.documentElement.dataset.look = look;
  try {
    if (look === "system") localStorage.removeItem("look");
    else localStorage.setItem("look", look);
  } catch {
    // Without storage the choice lasts until the page is left.
  }
  readPalette();
}

export function lookToggle(button) {
  const draw = () => {
    const next = LOOKS[(LOOKS.indexOf(current()) + 1) % LOOKS.length];
    render(icon(ICONS[current()]), button);
    button.title = t("Look: {look}. Change to: {next}", { look: NAMES[current()], next: NAMES[next] });
    button.setAttribute("aria-label", button.title);
    button.onclick = () => {
      choose(next);
      draw();
    };
  };
  draw();
}
