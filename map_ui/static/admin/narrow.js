/** A list that narrows while one types: the same page is asked for, and its list taken over.
 * Without scripts the form asks for it by its button. */

import { latest } from "../parts/latest.js";
import { t } from "../parts/texts.js";
import { toast } from "../parts/toast.js";
import { wireForms } from "./forms.js";
import { wireSheets } from "./sheets.js";

const PAUSE_MS = 250;

function addressOf(form) {
  const asked = new URLSearchParams([...new FormData(form)].filter(([, value]) => value));
  return asked.size ? `${form.getAttribute("action")}?${asked}` : form.getAttribute("action");
}

export function wireNarrowing() {
  const form = document.querySelector("form[data-narrows]");
  if (!form) return;
  const place = document.getElementById(form.dataset.narrows);
  let waiting;
  const asking = latest();

  async function narrow() {
    const isLatest = asking();
    const address = addressOf(form);
    place.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(address, { headers: { Accept: "text/html" } });
      const text = await answer.text();
      if (!isLatest()) return;
      if (answer.redirected || !answer.ok) {
        location.assign(address); // signed out, or something that the page itself tells
        return;
      }
      const found = new DOMParser().parseFromString(text, "text/html").getElementById(place.id);
      place.replaceChildren(...found.childNodes);
      wireForms(place);
      wireSheets(place);
      history.replaceState(null, "", address);
    } catch {
      if (isLatest()) toast(t("The server cannot be reached"), { problem: true });
    } finally {
      if (isLatest()) place.removeAttribute("aria-busy");
    }
  }

  form.addEventListener("input", ({ target }) => {
    clearTimeout(waiting);
    waiting = setTimeout(narrow, target.type === "search" ? PAUSE_MS : 0);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(waiting);
    narrow();
  });
}
