/** Cryptography of what is kept, as `identity/phone_vaults/vault.py` has it. Pure but for the randomness.
 *
 * Data is under a random data key (AES-256-GCM). That key is kept twice: wrapped by what the PIN and the
 * server's part make together, and sealed to the server's public key. */

const INFO = new TextEncoder().encode("roundsman phone vault");
const GCM = { name: "AES-GCM", length: 256 };
const P256 = { name: "ECDH", namedCurve: "P-256" };
export const ITERATIONS = 300_000;

export const random = (length) => crypto.getRandomValues(new Uint8Array(length));

export const toText = (bytes) =>
  btoa(Array.from(new Uint8Array(bytes), (byte) => String.fromCharCode(byte)).join(""))
    .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

export const toBytes = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (char) => char.charCodeAt(0));

/** A data key as used: it can do its work, and cannot be read out again. */
export const dataKey = (raw) => crypto.subtle.importKey("raw", raw, GCM, false, ["encrypt", "decrypt"]);

export async function encrypt(key, bytes) {
  const iv = random(12);
  return { iv, data: await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, bytes) };
}

/** Throws where the key is another one, or somebody has changed what was kept. */
export const decrypt = (key, { iv, data }) => crypto.subtle.decrypt({ name: "AES-GCM", iv }, key, data);

export const encryptJson = (key, its) => encrypt(key, new TextEncoder().encode(JSON.stringify(its)));
export const decryptJson = async (key, sealed) => JSON.parse(new TextDecoder().decode(await decrypt(key, sealed)));

/** The key that wraps the data key: of the PIN, slowly, and the server's part. */
async function wrappingKey(pin, part, { salt, iterations }) {
  const typed = await crypto.subtle.importKey("raw", new TextEncoder().encode(pin), "PBKDF2", false, ["deriveBits"]);
  const slow = await crypto.subtle.deriveBits({ name: "PBKDF2", hash: "SHA-256", salt, iterations }, typed, 256);
  return derived(slow, part);
}

async function derived(secret, salt) {
  const base = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveKey"]);
  return crypto.subtle.deriveKey({ name: "HKDF", hash: "SHA-256", salt, info: INFO }, base, GCM, false, ["encrypt", "decrypt"]);
}

/** A data key wrapped by a PIN and the server's part. */
export async function wrap(raw, pin, part) {
  const how = { salt: random(16), iterations: ITERATIONS };
  return { ...how, ...(await encrypt(await wrappingKey(pin, part, how), raw)) };
}

/** The data key again; null with a wrong PIN. */
export async function unwrap(wrapped, pin, part) {
  const key = await wrappingKey(pin, part, wrapped);
  return decrypt(key, wrapped).catch(() => null);
}

/** A data key that only the server can open. */
export async function sealTo(publicKey, raw) {
  const theirs = await crypto.subtle.importKey("raw", publicKey, P256, false, []);
  const mine = await crypto.subtle.generateKey(P256, false, ["deriveBits"]);
  const ephemeral = await crypto.subtle.exportKey("raw", mine.publicKey);
  const shared = await crypto.subtle.deriveBits({ name: "ECDH", public: theirs }, mine.privateKey, 256);
  const { iv, data } = await encrypt(await derived(shared, ephemeral), raw);
  return { ephemeral: toText(ephemeral), iv: toText(iv), data: toText(data) };
}
