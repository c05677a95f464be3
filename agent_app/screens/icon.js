/** Icons, from the sprite of all screens. It is put into the page once: each use of another file's costs a slow phone more
 * than the text beside it. */

import { html } from "/static/vendor/lit-html/lit-html.js";

const SPRITE = "/static/icons.svg";
const OWN = "icon-"; // no id of a screen begins so

/** Have the icons in the page. Without them the words stand alone. */
export async function bringIcons() {
  const answer = await fetch(SPRITE).catch(() => null);
  if (!answer?.ok) return;
  const { documentElement: sprite } = new DOMParser().parseFromString(await answer.text(), "image/svg+xml");
  for (const symbol of sprite.querySelectorAll("symbol")) symbol.id = OWN + symbol.id;
  sprite.setAttribute("hidden", "");
  document.body.append(document.importNode(sprite, true));
}

/** An icon by its name; decoration only, so a word must stand beside it. */
export const icon = (name, className = "icon") =>
  html`<svg class=${className} aria-hidden="true"><use href="#${OWN}${name}"></use></svg>`;
