/** This phone's own key. It signs what is asked with a token, and cannot be taken out of the browser: a copied
 * token is of no use elsewhere (RFC 9449, DPoP). */

import { now } from "./clock.js";
import { value, within } from "./database.js";

const KIND = { name: "ECDSA", namedCurve: "P-256" };
const SIGNED = { name: "ECDSA", hash: "SHA-256" };

let key = null;

/** The key pair; made the first time, once for all tabs. */
async function phoneKey() {
  key ??= await value("phone_key");
  if (key) return key;
  const made = await crypto.subtle.generateKey(KIND, false, ["sign", "verify"]);
  key = await within("values", "readwrite", async ({ store }) => {
    const other = await store.get("phone_key");
    if (!other) await store.put(made, "phone_key");
    return other ?? made;
  });
  return key;
}

const base64 = (bytes) =>
  btoa(String.fromCharCode(...new Uint8Array(bytes))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const inBase64 = (its) => base64(new TextEncoder().encode(its));

/** A proof for one request; null where the browser has no keys, and the token is then bound to none. */
export async function proofOf(method, path, token) {
  try {
    const { privateKey, publicKey } = await phoneKey();
    const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", publicKey);
    const claims = {
      jti: crypto.randomUUID(), htm: method, htu: new URL(path, location.origin).href, iat: Math.floor(now() / 1000),
    };
    if (token) claims.ath = base64(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(token)));
    const head = { typ: "dpop+jwt", alg: "ES256", jwk: { kty, crv, x, y } };
    const text = `${inBase64(JSON.stringify(head))}.${inBase64(JSON.stringify(claims))}`;
    return `${text}.${base64(await crypto.subtle.sign(SIGNED, privateKey, new TextEncoder().encode(text)))}`;
  } catch {
    return null;
  }
}
