/** Where the keyboard begins, and where it goes on after something was done. */

/** Begin in the first field of a dialog that was opened: of choices, at the one that holds. */
export function beginTyping(dialog) {
  dialog.querySelector(".body :is(input:not([type=radio]:not(:checked)), select, textarea)")?.focus();
}

/** Go on in the work, not at the top of the page, where what was done took its own button away. */
export function goOnWorking() {
  if (document.activeElement === document.body) document.getElementById("work").focus({ preventScroll: true });
}
