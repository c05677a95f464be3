/** Pictures over a connection that breaks (tus 1.0.0): what the server has is not sent again. */

import { partBytes } from "../facts/parts.js";
import { update } from "../kept/outbox.js";
import { ask } from "./api.js";

const PATH = "/v1/agent/uploads";
const TUS = { "Tus-Resumable": "1.0.0" };
const PART = "application/offset+octet-stream";

/** Have the server have all bytes of a record's picture; `cuts` is how often in a row no answer came. Resolves to
 * the last answer: 2xx once all are there. */
export async function upload(record, bytes, token, cuts) {
  const part = partBytes(cuts);
  let answer = record.is_begun ? await ask(`${PATH}/${record.id}`, { method: "HEAD", token, headers: TUS }) : null;
  if (!answer || answer.status === 404) {
    // Written down before: whatever is cut off, the next try asks how far it came.
    if (!answer) await update(record.seq, "waiting", { is_begun: true });
    answer = await begin(record, bytes.subarray(0, part), token, bytes.length);
  }
  for (let offset = offsetOf(answer); isTaken(answer) && offset < bytes.length; offset = offsetOf(answer)) {
    const headers = { ...TUS, "Upload-Offset": String(offset) };
    answer = await ask(`${PATH}/${record.id}`, { method: "PATCH", token, headers, bytes: bytes.subarray(offset, offset + part), type: PART });
  }
  return answer;
}

/** Whether an answer is about the upload alone: tried again, it goes on, or begins anew. */
export const isAboutUpload = ({ status, body }) => status === 460 || /^\/problems\/(upload-|offset-differs)/.test(body?.type ?? "");

function begin({ id, body }, first, token, length) {
  const metadata = Object.entries({ id, sha256: body.sha256 }).map(([name, value]) => `${name} ${btoa(value)}`).join(",");
  return ask(PATH, { method: "POST", token, headers: { ...TUS, "Upload-Length": String(length), "Upload-Metadata": metadata }, bytes: first, type: PART });
}

const isTaken = ({ status }) => status >= 200 && status < 300;
const offsetOf = ({ headers }) => Number(headers.get("Upload-Offset"));
