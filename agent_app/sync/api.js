/** The server, asked over HTTP. */

import { spoken } from "../texts/texts.js";
import { hear, setClock } from "../kept/clock.js";
import { proofOf } from "../kept/phone_key.js";

const PATIENCE_MS = 20_000;

/** `{status, body, headers}` of an answer; `status` 0 when none came, and nothing is known then.
 * Never throws. A `body` goes as JSON, `bytes` of a `type` as they are. `token` is a person's or, for positions, the phone's own key. With a person's goes a proof that it is
 * used on this phone, and with what `isProven`. */
export async function ask(path, { method = "GET", token, body, bytes, type, headers = {}, isProven, isSecond } = {}) {
  const options = {
    method,
    headers: { Accept: "application/json", "Accept-Language": spoken(), ...headers },
    credentials: token ? "omit" : "same-origin",
    cache: "no-store",
    signal: AbortSignal.timeout(PATIENCE_MS),
  };
  if (token) options.headers.Authorization = `Bearer ${token}`;
  if (isProven || token?.startsWith("rt_")) {
    const proof = await proofOf(method, path, token);
    if (proof) options.headers.DPoP = proof;
  }
  if (body !== undefined && body !== null) {
    options.headers["Content-Type"] = "application/json";
    options.body = JSON.stringify(body);
  }
  if (bytes) {
    options.headers["Content-Type"] = type;
    options.body = bytes;
  }
  const asked_ms = Date.now();
  let told;
  try {
    const answer = await fetch(path, options);
    const isJson = /\bjson\b/.test(answer.headers.get("Content-Type") ?? "");
    told = { status: answer.status, body: isJson ? await answer.json() : null, headers: answer.headers };
  } catch {
    return { status: 0, body: null, headers: new Headers() };
  }
  if (options.headers.DPoP && told.status >= 200 && told.status < 400) hear();
  if (told.body?.type !== "/problems/proof-out-of-time" || isSecond) return told;
  // This phone's clock is wrong: it is put right by the server's, and the same is asked again.
  await setClock(told.body.as_of, asked_ms, Date.now());
  return ask(path, { method, token, body, bytes, type, headers, isProven, isSecond: true });
}
