/**
 * Leaving: ends the session on the server, so that whoever comes next starts afresh, and is not
 * told of this person's alerts.
 */

import { render } from "../vendor/lit-html/lit-html.js";
import { icon } from "../parts/icon.js";
import { t } from "../parts/texts.js";
import { toast } from "../parts/toast.js";
import { signInUrl, signOut } from "./api.js";
import { turnOff } from "./push.js";

export function signOutButton(button) {
  render(icon("leave"), button);
  button.title = t("Sign out");
  button.setAttribute("aria-label", button.title);
  button.onclick = async () => {
    try {
      await turnOff().catch(() => {}); // a push service that is away must keep nobody here
      await signOut();
      location.assign(signInUrl());
    } catch (problem) {
      toast(problem.message, { problem: true });
    }
  };
}
