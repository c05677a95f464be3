/**
 * What the page says, in the reader's language, and how they write numbers and dates.
 *
 * A text is named by its English words, so a module reads as it speaks; the server's catalogs
 * (`map_ui/texts`) come as one script before the modules. Where a word of English has two meanings
 * a note tells them apart, "Open|state", which nobody sees. What a language lacks is told in English.
 */

const texts = globalThis.TEXTS ?? {};

/** The reader's locale, such as "es-PE": for all of `Intl`. */
export const locale = globalThis.document?.documentElement.lang || "en";

const numbers = new Intl.NumberFormat(locale);

/** "2,000": a count as the reader writes it. */
export const whole = (count) => numbers.format(count);

const plurals = new Intl.PluralRules(locale);
// The order in which gettext has a language's forms.
const FORMS = ["zero", "one", "two", "few", "many", "other"]
  .filter((form) => plurals.resolvedOptions().pluralCategories.includes(form));

// Pieces where a part is a template, which has no words of its own to be put between others.
function filled(text, parts) {
  const pieces = text.split("|", 1)[0].split(/\{(\w+)\}/).map((piece, n) => (n % 2 ? parts[piece] ?? "" : piece));
  return pieces.some((piece) => typeof piece === "object") ? pieces : pieces.join("");
}

/** A text with its `{parts}` filled in. The text must stand there in quotes: the catalogs are made of these.
 * A part may be an `html` template, such as a time with its title; what comes is then for a template's content only. */
export const t = (text, parts = {}) => filled(texts[text] ?? text, parts);

/** What a value of a list is called, `{label, labels}`: in the reader's language where its list tells. */
export const labelOf = ({ label, labels }) => labels[locale.slice(0, 2)] ?? label;

/** The same of a text with a form for each number; `{count}` is filled in, too. */
export function tn(one, many, count, parts = {}) {
  const forms = texts[one];
  const text = forms
    ? forms[Math.min(FORMS.indexOf(plurals.select(count)), forms.length - 1)]
    : count === 1 ? one : many;
  return filled(text, { count: numbers.format(count), ...parts });
}

/** What the server says in English, where the catalogs have it: names of figures. */
export const translated = (text) => {
  const found = texts[text];
  return typeof found === "string" ? found : text;
};
