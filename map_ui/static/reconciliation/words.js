/** What things are called here, and sums of what is chosen. Pure. */

const TIERS = {
  T1: "Reference and amount",
  T2: "Reference in the text",
  T3: "Amount and days",
  T4: "One line for several",
  T5: "Several lines for one",
  T6: "By hand",
  reversal: "Taken back by the bank",
};

export const tier = (code) => TIERS[code] ?? code;
export const percent = (score) => `${Math.round(score * 100)} %`;
export const days = (count) => (count === 1 ? "1 banking day" : `${count} banking days`);

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

/** One sentence on what became of a file. */
export function told(file) {
  const report = file.report ?? {};
  if (file.state === "refused") return report.problem?.detail ?? "Refused";
  if (file.state === "waiting") return "Waits for the worker";
  if (file.state === "matching") return "Read; lines are being matched";
  const fresh = sum((report.statements ?? []).map((s) => ({ amount_minor: s.lines_added })));
  const read = sum((report.statements ?? []).map((s) => ({ amount_minor: s.lines_read })));
  const known = read - fresh;
  const parts = [`${fresh} ${fresh === 1 ? "line" : "lines"}${known ? `, ${known} known before` : ""}`];
  parts.push(`${report.matched ?? 0} matched`);
  if (report.proposed) parts.push(`${report.proposed} proposed`);
  if (report.choices) parts.push(`${report.choices} to choose`);
  if (report.reopened) parts.push(`${report.reopened} taken back`);
  return parts.join(" · ");
}

const MOST_FAULTS = 8;

/** What is wrong with a file, in sentences: the first of its problems, or all there is to say. */
export function faults({ message, title, facts }) {
  const listed = facts?.problems ?? [];
  if (!listed.length) return [message.replace(`${title}. `, "")];
  const words = listed.slice(0, MOST_FAULTS).map((one) => `${one.at}, ${one.field}: “${one.value}” should be ${one.expected}`);
  const more = listed.length - words.length + (facts.more ?? 0);
  return more ? [...words, `and ${more} more`] : words;
}
