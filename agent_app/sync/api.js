/** The server, asked over HTTP. */

import { spoken } from "../texts/texts.js";

const PATIENCE_MS = 20_000;

/** `{status, body, headers}` of an answer; `status` 0 when none came, and nothing is known then.
 * Never throws. A `body` goes as JSON, `bytes` of a `type` as they are. `token` is a person's or, for positions, the phone's own key. */
export async function ask(path, { method = "GET", token, body, bytes, type, headers = {} } = {}) {
  const options = {
    method,
    headers: { Accept: "application/json", "Accept-Language": spoken(), ...headers },
    credentials: token ? "omit" : "same-origin",
    cache: "no-store",
    signal: AbortSignal.timeout(PATIENCE_MS),
  };
  if (token) options.headers.Authorization = `Bearer ${token}`;
  if (body !== undefined && body !== null) {
    options.headers["Content-Type"] = "application/json";
    options.body = JSON.stringify(body);
  }
  if (bytes) {
    options.headers["Content-Type"] = type;
    options.body = bytes;
  }
  try {
    const answer = await fetch(path, options);
    const isJson = /\bjson\b/.test(answer.headers.get("Content-Type") ?? "");
    return { status: answer.status, body: isJson ? await answer.json() : null, headers: answer.headers };
  } catch {
    return { status: 0, body: null, headers: new Headers() };
  }
}
