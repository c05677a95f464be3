/** UPI links, as the server makes them (collection/upi/link.py), for a phone without a network. Pure. */

const LONGEST_NOTE = 50;

const quoted = (text) => encodeURIComponent(text).replace(/[!'()*]/g, (each) => `%${each.charCodeAt(0).toString(16).toUpperCase()}`);

/** What a payer's app opens to pay rupees to a `payee` ({vpa, name}). The receipt's id is the payment's
 * reference: by it the bank's statement leads to the receipt. */
export function upiLink(payee, amount_minor, receiptId, account) {
  const note = `Account ${account}`.replace(/[^\p{L}\p{N}_ .,/-]+/gu, " ").trim().slice(0, LONGEST_NOTE);
  const told = {
    pa: payee.vpa, pn: payee.name, tr: receiptId.replaceAll("-", ""), tn: note,
    am: `${Math.floor(amount_minor / 100)}.${String(amount_minor % 100).padStart(2, "0")}`, cu: "INR",
  };
  const parts = Object.entries(told).map(([name, value]) => `${name}=${name === "pa" ? quoted(value).replace("%40", "@") : quoted(value)}`);
  return `upi://pay?${parts.join("&")}`;
}
