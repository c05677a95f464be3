/** Cash from one agent to another, agreed between two phones without a network. Pure but for the randomness.
 *
 * Giver and taker count, each on the own phone. The giver's shows a code; entered on the taker's it proves that both
 * counted the same and mean the same people and day, and both phones make the same id of it. The taker's answer goes
 * back the same way. Either is shown as letters, and as a QR code for the other phone's camera. Neither code is a secret: what moves the cash is that both agents' own records reach the server. */

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"; // Crockford's base 32: nothing is mistaken for another
const NONCE = 4;
const CHECK = 4;

const letters = (bytes, count) => Array.from(bytes.slice(0, count), (byte) => ALPHABET[byte % 32]).join("");

async function hash(...parts) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(JSON.stringify(parts))));
}

export const newNonce = () => letters(crypto.getRandomValues(new Uint8Array(NONCE)), NONCE);

/** What was agreed: `{id, code, answer}` of `{giver_id, taker_id, amount_minor, currency, day}` and a nonce. */
export async function agreed({ giver_id, taker_id, amount_minor, currency, day }, nonce) {
  const bytes = await hash("roundsman handover", giver_id, taker_id, amount_minor, currency, day, nonce);
  const code = `${nonce}-${letters(bytes.slice(16), CHECK)}`;
  return { id: idOf(bytes, day), code, answer: letters(await hash("roundsman taken", ...bytes), CHECK) };
}

/** What was agreed by a code that somebody typed, or null where it is of another handover or a slip of the finger. */
export async function agreedBy(what, typed) {
  const plain = normal(typed);
  if (plain.length !== NONCE + CHECK) return null;
  const found = await agreed(what, plain.slice(0, NONCE));
  return normal(found.code) === plain ? found : null;
}

/** What a phone's QR code says: the giver's code with who gives, or the taker's answer. */
export const givenText = (code, giver_id) => `ROUNDSMAN:GIVE:${code}:${giver_id.toUpperCase()}`;
export const takenText = (answer) => `ROUNDSMAN:TAKEN:${answer}`;

/** What a scanned text says: `{code, giver_id}`, `{answer}`, or null where it is no code of a handover. */
export function readText(text) {
  const [name, kind, code, giver_id, more] = text.split(":");
  if (name !== "ROUNDSMAN" || more !== undefined) return null;
  if (kind === "GIVE" && giver_id && normal(code).length === NONCE + CHECK) return { code, giver_id: giver_id.toLowerCase() };
  return kind === "TAKEN" && giver_id === undefined && normal(code ?? "").length === CHECK ? { answer: code } : null;
}

/** A code as it is compared: people type small letters, spaces, and O for 0. */
export const normal = (typed) => typed.toUpperCase().replace(/[^0-9A-Z]/g, "").replaceAll("O", "0").replace(/[IL]/g, "1");

/** A UUID of version 7, of the day's midnight and the hash. */
function idOf(bytes, day) {
  let left = Date.parse(`${day}T00:00:00Z`);
  const its = bytes.slice(0, 16);
  for (let at = 5; at >= 0; at -= 1) {
    its[at] = left % 256;
    left = Math.floor(left / 256);
  }
  its[6] = 0x70 | (its[6] & 0x0f);
  its[8] = 0x80 | (its[8] & 0x3f);
  const text = Array.from(its, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return [0, 8, 12, 16, 20].map((from, at, all) => text.slice(from, all[at + 1])).join("-");
}
