/** The page's own typeface for what is drawn on a canvas, which takes over nothing of the page's style. */

const family = globalThis.document ? getComputedStyle(document.body).fontFamily : "sans-serif";

/** A canvas's `font`: a weight (or "italic 400"), a size in pixels, and the letters of every language that the page has. */
export const font = (style, px) => `${style} ${px}px ${family}`;
