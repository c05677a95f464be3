/** The rules for paying in parts: the API takes a branch's whole list, in its order. */

import { clear, show } from "../parts/problem.js";
import { t } from "../parts/texts.js";
import { toast } from "../parts/toast.js";
import { bodyOf, call, goOn } from "./forms.js";

// The list stands in a part of the page that is drawn anew for another branch.
const here = () => document.getElementById("found").dataset;
const url = () => `/v1/branches/${encodeURIComponent(here().branch)}/arrears-rules`;
const rules = () => JSON.parse(here().rules);
const put = (all) => call(url(), { method: "PUT", body: { rules: all } });

document.getElementById("arrears-rule")?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  clear(form);
  event.submitter.disabled = true;
  try {
    await put([...rules(), bodyOf(form)]);
    goOn(t("The rule is added"));
  } catch (problem) {
    // A field of the last rule of the list is a field of the form.
    for (const error of problem.errors ?? []) error.field = error.field.replace(/^rules\.\d+\./, "");
    show(form, problem);
  } finally {
    event.submitter.disabled = false;
  }
});

document.addEventListener("click", async (event) => {
  const { removes, inherits } = event.target.dataset;
  if (removes === undefined && inherits === undefined) return;
  event.target.disabled = true;
  try {
    await (removes === undefined ? call(url(), { method: "DELETE" }) : put(rules().toSpliced(Number(removes), 1)));
    goOn(removes === undefined ? t("Inherited again") : t("The rule is off"));
  } catch (problem) {
    event.target.disabled = false;
    toast(problem.message, { problem: true });
  }
});
