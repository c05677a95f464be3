/** Ids of facts, made by the phone. Pure but for the randomness. */

const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

/** A UUIDv7 (RFC 9562): milliseconds since 1970, then 74 random bits. */
export function factId(now_ms = Date.now()) {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  let left = now_ms;
  for (let at = 5; at >= 0; at -= 1) {
    bytes[at] = left % 256;
    left = Math.floor(left / 256);
  }
  bytes[6] = 0x70 | (bytes[6] & 0x0f);
  bytes[8] = 0x80 | (bytes[8] & 0x3f);
  const text = hex(bytes);
  return [0, 8, 12, 16, 20].map((from, at, all) => text.slice(from, all[at + 1])).join("-");
}

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** What a receipt is called until the server has numbered it: of its id's random end, in letters
 * and digits that cannot be mistaken for each other (Crockford's base 32). */
export function provisionalNumber(id) {
  let left = Number.parseInt(id.slice(-10), 16) % 32 ** 6;
  let text = "";
  for (let at = 0; at < 6; at += 1) {
    text = ALPHABET[left % 32] + text;
    left = Math.floor(left / 32);
  }
  return `P-${text}`;
}
