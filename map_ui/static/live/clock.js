/** The server's clock, carried on between its messages. A demonstration's clock runs fast. */

let wallOrigin = performance.now();
let timeOrigin = Date.now();
let rate = 1;

/** Set the clock to what the server said just now; `newRate` only when it said one. */
export function resync(instant, newRate = rate) {
  wallOrigin = performance.now();
  timeOrigin = Date.parse(instant);
  rate = newRate;
}

/** Milliseconds since 1970, on the server's clock. */
export const now = () => timeOrigin + (performance.now() - wallOrigin) * rate;

/** How many seconds of the server's clock pass in a real one. */
export const clockRate = () => rate;
