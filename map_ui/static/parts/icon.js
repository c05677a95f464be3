import { html } from "../vendor/lit-html/lit-html.js";

const SPRITE = new URL("../icons.svg", import.meta.url).pathname;

/** An icon of `icons.svg` by name; decoration only, so a word must stand beside it. */
export const icon = (name, className = "icon") =>
  html`<svg class=${className} aria-hidden="true"><use href="${SPRITE}#${name}"></use></svg>`;
