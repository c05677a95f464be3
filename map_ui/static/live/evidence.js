/** Saves the evidence of a visit as PDF, wherever a stop is shown. */

import { html } from "../vendor/lit-html/lit-html.js";
import { icon } from "../parts/icon.js";
import { t } from "../parts/texts.js";
import { toast } from "../parts/toast.js";
import { visitsOf } from "./api.js";

async function save(agentId, caseId, day) {
  try {
    const [visit] = await visitsOf(agentId, caseId, day);
    if (!visit) {
      toast(t("No stay at this customer was seen in the pings of this day; there is nothing to print"), { problem: true });
      return;
    }
    const link = document.createElement("a");
    link.href = `/v1/visits/${visit.version_id}/evidence.pdf`;
    link.download = "";
    link.click();
  } catch (problem) {
    toast(problem.message, { problem: true });
  }
}

/** A button for the visit that an agent made for a case on a day ("2026-11-24"). */
export const evidenceButton = (agentId, caseId, day, customer) => html`<button type="button" class="button small" data-testid="evidence"
  aria-label=${t("Evidence of the visit at {customer}, as PDF", { customer })} @click=${() => save(agentId, caseId, day)}>${icon("download")}${t("Evidence (PDF)")}</button>`;
