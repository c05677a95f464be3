/** What things are called here, and sums of what is chosen. Pure. */

import { t, tn } from "../parts/texts.js";
import { exponent, money } from "../live/money.js";

const TIERS = {
  T1: t("Reference and amount"),
  T2: t("Reference in the text"),
  T3: t("Amount and days"),
  T4: t("One line for several"),
  T5: t("Several lines for one"),
  T6: t("By hand"),
  reversal: t("Taken back by the bank"),
};

export const tier = (code) => TIERS[code] ?? code;
/** What a line is that was set aside. */
export const MARKS = { charge: t("A charge of the bank"), other: t("Something else"), disputed: t("We dispute it") };

export const percent = (score) => `${Math.round(score * 100)} %`;
export const days = (count) => (tn("{count} banking day", "{count} banking days", count));

/** Proposals by the lines they are about: one to confirm, or several to choose from, best first. */
export function groups(proposals) {
  const found = new Map();
  for (const one of proposals) {
    const key = one.lines.map((line) => line.id).sort().join();
    if (!found.has(key)) found.set(key, []);
    found.get(key).push(one);
  }
  const sorted = [...found.values()].map((options) => options.sort((a, b) => a.rank - b.rank));
  // What is almost sure first; what needs a choice after it.
  return sorted.sort((a, b) => (a.length > 1) - (b.length > 1) || b[0].score - a[0].score);
}

export const sum = (items) => items.reduce((total, item) => total + item.amount_minor, 0);

/** What chosen lines lack of chosen claims; positive may be a charge. */
export const short = (lines, claims) => sum(claims) - sum(lines);

/** Open items of the buckets of age from `bucket` on; all without one. */
export function ofAge(items, bucket) {
  if (!bucket) return items;
  const [from, to] = bucket.startsWith("over") ? [Number(bucket.slice(5)) + 1, Infinity] : bucket.split("-").map(Number);
  return items.filter((item) => item.age_days >= from && item.age_days <= to);
}

/** A bucket of ages in words: "0–1 banking days". */
export const bucketOf = (name) => {
  const span = name.startsWith("over") ? name.slice(5) : name.replace("-", "–");
  return name.startsWith("over") ? t("over {span} banking days", { span }) : t("{span} banking days", { span });
};

const plain = (text) => text.toLocaleLowerCase().replace(/(?<=\d)[,.'\u00a0\u202f](?=\d)/g, "");

/** Whether all words of `asked` stand in a line or a claim: its amount, reference, text, agent or branch. */
export function fits(item, asked) {
  const { amount_minor: minor, reference, about, agent, branch, text, bank_references: references = [] } = item;
  // An amount is found with decimals and without, however it is grouped.
  const amounts = [money(minor, item.currency, "en"), (minor / 10 ** exponent(item.currency)).toFixed(exponent(item.currency))];
  const all = plain([...amounts, reference, about, agent, branch, text, ...references].filter(Boolean).join(" | "));
  return plain(asked).trim().split(/\s+/).every((word) => all.includes(word));
}

/** One sentence on what became of a file. */
export function told(file) {
  const report = file.report ?? {};
  if (file.state === "refused") return report.problem?.detail ?? t("Refused");
  if (file.state === "taken_back") return file.taken_back_because;
  if (file.state === "waiting") return t("Waits for the worker");
  if (file.state === "matching") return t("Read; lines are being matched");
  const fresh = sum((report.statements ?? []).map((s) => ({ amount_minor: s.lines_added })));
  const read = sum((report.statements ?? []).map((s) => ({ amount_minor: s.lines_read })));
  const known = read - fresh;
  const parts = [tn("{count} line", "{count} lines", fresh) + (known ? `, ${t("{count} known before", { count: known })}` : "")];
  parts.push(t("{matched} matched", { matched: report.matched ?? 0 }));
  if (report.proposed) parts.push(t("{proposed} proposed", { proposed: report.proposed }));
  if (report.choices) parts.push(t("{choices} to choose", { choices: report.choices }));
  if (report.reopened) parts.push(t("{reopened} taken back", { reopened: report.reopened }));
  return parts.join(" · ");
}

const MOST_FAULTS = 8;

/** What is wrong with a file, in sentences: the first of its problems, or all there is to say. */
export function faults({ message, title, facts }) {
  const listed = facts?.problems ?? [];
  if (!listed.length) return [message.replace(`${title}. `, "")];
  const words = listed.slice(0, MOST_FAULTS).map((one) => t("{at}, {field}: “{value}” should be {expected}", { at: one.at, field: one.field, value: one.value, expected: one.expected }));
  const more = listed.length - words.length + (facts.more ?? 0);
  return more ? [...words, t("and {count} more", { count: more })] : words;
}
