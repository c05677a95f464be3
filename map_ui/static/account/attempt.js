/** What the parts of the account page do, and how they tell of what goes wrong. */

import { Problem, clear, show } from "../parts/problem.js";
import { toast } from "../parts/toast.js";

const signInUrl = document.querySelector(".topbar").dataset.signIn;

/** Do something, and tell of what goes wrong: at a form, or as a toast. */
export async function attempt(act, form) {
  if (form) clear(form);
  const button = form?.querySelector("button");
  if (button) button.disabled = true;
  try {
    await act();
  } catch (problem) {
    if (problem instanceof DOMException) return; // the person has declined
    if (!(problem instanceof Problem)) throw problem;
    if (problem.status === 401) location.assign(`${signInUrl}?next=/account`);
    else if (form) show(form, problem);
    else toast(problem.message, { problem: true });
  } finally {
    if (button) button.disabled = false;
  }
}
