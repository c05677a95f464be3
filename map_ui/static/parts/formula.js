/** A text as a spreadsheet may have it: one that it would run as a formula is led by an apostrophe
 * (as core/formula.py does). A plain number is none. */
export const harmless = (text) =>
  /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/.test(text) && !/^-?\d+(\.\d+)?$/.test(text) ? `'${text}` : text;

/** A cell of CSV (RFC 4180). */
export const cellOf = (text) => {
  const safe = harmless(text);
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};
