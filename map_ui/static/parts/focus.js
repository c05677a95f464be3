/** Where the keyboard goes on after something was done. */

/** Go on in the work, not at the top of the page, where what was done took its own button away. */
export function goOnWorking() {
  if (document.activeElement === document.body) document.getElementById("work").focus({ preventScroll: true });
}
