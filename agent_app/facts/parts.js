/** How much of a picture goes in one request. Pure. */

export const PART_BYTES = 65_536;
const LEAST_BYTES = 16_384;

/** Bytes of a part after so many requests in a row that got no answer: all of it as long as all goes well, then half
 * as much each time, so that something comes through however short the connection holds. */
export const partBytes = (cuts) => (cuts === 0 ? Infinity : Math.max(LEAST_BYTES, PART_BYTES / 2 ** (cuts - 1)));
