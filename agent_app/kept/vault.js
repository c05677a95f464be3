/** The lock on what is kept: closed by a PIN, and opened with it and the server's part of the key.
 *
 * The server's part is on the phone from sign-in to the end of the shift, so that the app opens without a
 * network. It goes at the end of the shift, after too many wrong PINs, and when the phone is wiped:
 * then only the server can give it back, and after revocation not even that one. */

import { dataKey, decryptJson, encryptJson, random, sealTo, toBytes, unwrap, wrap } from "./seal.js";

export const PIN_LENGTH = 6;
const MOST_WRONG = 10;
const SLOW_FROM = 5;
const SLOW_MS = 30_000;

const others = new BroadcastChannel("roundsman-vault");
const listeners = new Set();
let key = null;
let answered = () => {};

// A tab that is opened beside an open one needs no PIN. The key cannot be read out, only handed on.
others.onmessage = ({ data }) => {
  if (data === "open?" && key) others.postMessage(key);
  else if (data === "lock") close();
  else if (data instanceof CryptoKey && !key) {
    key = data;
    answered();
    listeners.forEach((listener) => listener());
  }
};

export const isOpen = () => key !== null;

/** Call `listener` when another tab has opened this one, however late: a slow phone takes its time. */
export const onOpened = (listener) => listeners.add(listener);

/** Ask other tabs of this app to open this one. */
export async function openLikeOthers(patience_ms = 150) {
  if (key) return;
  others.postMessage("open?");
  await new Promise((resolve) => {
    answered = resolve;
    setTimeout(resolve, patience_ms);
  });
}

function close() {
  key = null;
}

/** Lock, in all tabs. */
export function lock() {
  close();
  others.postMessage("lock");
}

/** A new vault for an agent: what is to be kept of it, plain. It is open from now on. */
export async function create(id, pin, part, publicKey, raw = random(32)) {
  const made = { id, wrapped: await wrap(raw, pin, toBytes(part)), sealed: await sealTo(toBytes(publicKey), raw), part, wrong: 0 };
  key = await dataKey(raw);
  return made;
}

/** How long to wait before the next try, in milliseconds; after five wrong PINs it takes patience. */
export const patience = (vault, now_ms) =>
  vault.wrong < SLOW_FROM ? 0 : Math.max(0, (vault.wrong_at ?? 0) + SLOW_MS * 2 ** (vault.wrong - SLOW_FROM) - now_ms);

/** Open with a PIN: the vault as it is to be kept from now on. `isOpen()` tells whether it worked. */
export async function open(vault, pin, now_ms) {
  if (!vault.part || patience(vault, now_ms)) return vault;
  const raw = await unwrap(vault.wrapped, pin, toBytes(vault.part));
  if (!raw) {
    const wrong = vault.wrong + 1;
    return { ...vault, wrong, wrong_at: now_ms, part: wrong < MOST_WRONG ? vault.part : null };
  }
  key = await dataKey(raw);
  return { ...vault, wrong: 0, wrong_at: null };
}

export const seal = (its) => encryptJson(opened(), its);
export const unseal = (sealed) => decryptJson(opened(), sealed);

function opened() {
  if (!key) throw new Error("the app is locked");
  return key;
}
