import { render } from "../vendor/lit-html/lit-html.js";

const drawn = new WeakSet();

/** Draw a lit template into `place`; the first time in place of the skeleton that stood there. */
export function draw(place, template) {
  if (!drawn.has(place)) {
    place.replaceChildren();
    drawn.add(place);
  }
  render(template, place);
}
