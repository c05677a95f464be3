/** Holidays from a file: it is the body of the request itself. */

import { Problem, REQUIRED, clear, show } from "../parts/problem.js";
import { t } from "../parts/texts.js";
import { goOn } from "./forms.js";

document.getElementById("holiday-file")?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  clear(form);
  const branch = form.elements.namedItem("branch").value;
  const [file] = form.elements.namedItem("file").files;
  event.submitter.disabled = true;
  try {
    if (!file) throw new Problem({ errors: [{ field: "file", expected: REQUIRED }] });
    const answer = await fetch(`/v1/branches/${encodeURIComponent(branch)}/holidays`, {
      method: "POST", headers: { "Content-Type": "text/csv", Accept: "application/json" }, body: file,
    });
    const told = await answer.json();
    if (!answer.ok) throw new Problem({ ...told, status: answer.status });
    goOn(t("Days read: {read}, new among them: {declared}", told));
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    show(form, problem);
  } finally {
    event.submitter.disabled = false;
  }
});
