/** Modes of payment, as screens name them. */

import { hasText, t } from "../texts/texts.js";

export const modeName = (code) => (hasText(`mode_${code}`) ? t(`mode_${code}`) : code);

/** What a mode asks beside its reference, as far as it was entered: `ui.detail_bank`, … */
export const detailsOf = (mode, ui) => Object.fromEntries((mode.details ?? [])
  .map((each) => [each.name, (ui[`detail_${each.name}`] ?? "").trim()]).filter(([, value]) => value));

export const detailName = (each) => (hasText(`detail_${each.name}`) ? t(`detail_${each.name}`) : each.expected);

/** What a mode's reference must be, in words. */
export const referenceHint = (mode) => (hasText(`reference_${mode.code}`) ? t(`reference_${mode.code}`) : mode.expected);

/** Whether a reference is as its mode must have it. */
export const isReference = (mode, reference) => !mode.reference || new RegExp(`^(?:${mode.reference})$`).test(reference ?? "");
