/** A QR code, drawn on the phone. */

import { svg } from "/static/vendor/lit-html/lit-html.js";
import { encode } from "/static/vendor/uqr/uqr.js";
import { html } from "./parts.js";

const QUIET = 4; // modules around a code that stay light, as ISO/IEC 18004 has it
const drawn = new Map(); // the last one, so that typing beside it costs nothing

function shape(text) {
  if (!drawn.has(text)) {
    drawn.clear();
    const { data } = encode(text, { ecc: "M", border: 0 });
    const path = data.flatMap((row, y) => row.map((isDark, x) => (isDark ? `M${x} ${y}h1v1h-1z` : ""))).join("");
    drawn.set(text, { size: data.length, path });
  }
  return drawn.get(text);
}

/** The code of a text, dark on white in both looks; `label` says what it is for. */
export function qr(text, label) {
  const { size, path } = shape(text);
  const box = `${-QUIET} ${-QUIET} ${size + 2 * QUIET} ${size + 2 * QUIET}`;
  return html`<svg class="qr" viewBox=${box} role="img" aria-label=${label} data-testid="qr" data-text=${text}>
    ${svg`<rect x=${-QUIET} y=${-QUIET} width=${size + 2 * QUIET} height=${size + 2 * QUIET} fill="#fff"></rect><path d=${path} fill="#000" shape-rendering="crispEdges"></path>`}</svg>`;
}
