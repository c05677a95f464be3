/** Money from integer minor units, in the reader's locale. Pure. */

// ISO 4217 exponents that are not 2, as in core/money.py (a test keeps the two alike).
const EXPONENTS = {
  BHD: 3, CLP: 0, IQD: 3, ISK: 0, JOD: 3, JPY: 0, KRW: 0, KWD: 3, LYD: 3, OMR: 3, PYG: 0, RWF: 0,
  TND: 3, UGX: 0, VND: 0, VUV: 0, XAF: 0, XOF: 0, XPF: 0,
};

export const exponent = (currency) => EXPONENTS[currency] ?? 2;

// The page's, as `parts/texts.js` has it; the agents' app has texts of its own.
const spoken = () => globalThis.document?.documentElement.lang || "en";

const formats = new Map();

function format(currency, locale) {
  const key = `${currency} ${locale}`;
  if (!formats.has(key)) {
    const digits = exponent(currency);
    formats.set(
      key,
      new Intl.NumberFormat(locale, {
        style: "currency",
        currency,
        minimumFractionDigits: digits,
        maximumFractionDigits: digits,
        trailingZeroDisplay: "stripIfInteger",
      }),
    );
  }
  return formats.get(key);
}

/** "₹1,23,400", "₹450.50", "CLP 12,340": no decimals when there are none to tell. */
export function money(amount_minor, currency, locale = spoken()) {
  const digits = exponent(currency);
  const sign = amount_minor < 0 ? "-" : "";
  const text = String(Math.abs(amount_minor)).padStart(digits + 1, "0");
  const cut = text.length - digits;
  // A decimal string is formatted exactly; division would go through a float.
  return format(currency, locale).format(`${sign}${text.slice(0, cut)}.${text.slice(cut) || "0"}`);
}

/** A share from 0 to 1 of a limit; 0 where there is no limit. */
export const share = (amount_minor, limit_minor) =>
  limit_minor > 0 ? Math.min(1, amount_minor / limit_minor) : 0;

/** Minor units of what somebody typed, or null where that is no amount. The last point or comma with
 * as many digits behind it as the currency has decimals, or fewer, parts off the decimals. */
export function minorOf(typed, currency) {
  const digits = exponent(currency);
  const plain = typed.replace(/[\s\u00a0\u202f']/g, "");
  const shape = digits ? new RegExp(`^(\\d[\\d.,]*?)(?:[.,](\\d{1,${digits}}))?$`) : /^(\d[\d.,]*)$/;
  const [, whole, part = ""] = shape.exec(plain) ?? [];
  if (whole === undefined || !/^\d+$|^\d{1,3}([.,]\d{2,3})*[.,]\d{3}$/.test(whole)) return null;
  const minor = Number(whole.replace(/[.,]/g, "") + part.padEnd(digits, "0"));
  return Number.isSafeInteger(minor) ? minor : null;
}
