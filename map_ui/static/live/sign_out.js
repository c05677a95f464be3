/** Leaving: ends the session on the server, so that whoever comes next starts afresh. */

import { render } from "../vendor/lit-html/lit-html.js";
import { icon } from "../parts/icon.js";
import { toast } from "../parts/toast.js";
import { signInUrl, signOut } from "./api.js";

export function signOutButton(button) {
  render(icon("leave"), button);
  button.title = "Sign out";
  button.setAttribute("aria-label", button.title);
  button.onclick = () => signOut().then(() => location.assign(signInUrl()), (problem) => toast(problem.message, { problem: true }));
}
