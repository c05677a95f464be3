/** The one flusher: sends what waits, in order, whoever asked for it and in however many tabs. */

import { meaning, waitMs } from "../facts/answer.js";
import { PART_BYTES } from "../facts/parts.js";
import { isAboutTime, moved } from "../facts/times.js";
import { clockError, correction, instant, isClockTold, setClock } from "../kept/clock.js";
import { keep, value } from "../kept/database.js";
import { nextToSend, pictureOf, update } from "../kept/outbox.js";
import { toBytes } from "../kept/seal.js";
import { ask } from "./api.js";
import { tendLease } from "./lease.js";
import { sendPings } from "./pings.js";
import { isAboutUpload, upload } from "./uploads.js";

export const LOCK = "roundsman-flush";
const BATCH = 25;
const TOGETHER = new Set(["address_pin", "center_meeting", "check_in", "check_out", "deposit", "disposition", "panic", "promise", "receipt", "root_cause"]);

let isWanted = false;
let running = null;
let timer = null;
let failures = 0;

/** Send what waits, now. Resolves when nothing can be sent any more, or not now: to "done", "later" or "sign_in". */
export function flush() {
  isWanted = true;
  clearTimeout(timer);
  running ??= run().finally(() => {
    running = null;
  });
  return running;
}

async function run() {
  let outcome;
  while (isWanted) {
    isWanted = false;
    // One tab at a time. Killed in the middle, it loses the lock, and the record still waits.
    outcome = await navigator.locks.request(LOCK, sendAll);
    if (outcome === "later") {
      failures += 1;
      timer = setTimeout(flush, waitMs(failures, Math.random()));
    } else if (outcome === "done") {
      failures = 0;
    }
  }
  return outcome;
}

async function sendAll() {
  const session = await value("session");
  if (!session) return "sign_in";
  // By its own proof the answer tells whether this phone's clock is right; if not, it is put right.
  if (!isClockTold() && (await ask("/v1/me", { token: session.token })).status === 0) return "later";
  for (let ready; (ready = await nextToSend(session.agent_id, BATCH)).length; ) {
    if (await werePutRight(ready)) continue;
    const outcome = TOGETHER.has(ready[0].kind) ? await sendTogether(togetherOf(ready), session.token) : await sendAlone(ready[0], session.token);
    if (outcome === "later" || outcome === "sign_in") return outcome;
    failures = 0; // an answer came: there is a network
  }
  const outcome = await sendPings();
  return outcome === "done" ? tendLease(session) : outcome;
}

/** Put the times right of records that were written by a clock of which more is known now, before they go for the first
 * time: the server would believe a wrong one that is past. */
async function werePutRight(records) {
  const stale = records.filter((each) => !each.is_retimed && correction(each) !== null);
  for (const each of stale) await update(each.seq, "waiting", { ...moved(each, correction(each)), clock_error_ms: clockError(), is_retimed: true });
  return stale.length > 0;
}

/** The first of these records that go in one request: of one clock. Those written while the phone's clock was wrong
 * may be refused for their time; what was written later, and right, must not overtake them. */
function togetherOf(ready) {
  const end = ready.findIndex((each) => !TOGETHER.has(each.kind) || each.clock_error_ms !== ready[0].clock_error_ms);
  return end < 0 ? ready : ready.slice(0, end);
}

/** Send records in one request; the server answers each by itself. Resolves to "later" where the first
 * one it did not decide must wait. */
async function sendTogether(records, token) {
  const items = records.map(({ id, kind, body, needs }) => ({ id, kind, body, needs }));
  const asked_ms = Date.now();
  const answer = await ask("/v1/agent/sync", { method: "POST", token, body: { items } });
  if (answer.status === 200) {
    await setClock(answer.body.as_of, asked_ms, Date.now());
    let outcome = "sent";
    for (const [at, each] of answer.body.items.entries()) {
      if (await wasRetimed(records[at], each)) continue;
      // Not tried, because one before it has to come first: nothing is known of this one.
      if (each.status !== null) outcome = await note(records[at], each.status, each.answer, token);
      if (outcome === "later") return outcome;
    }
    return outcome;
  }
  // A request that cannot be read at all: the record in it that is to blame stands alone.
  if (meaning(answer.status, 1) === "parked") return sendAlone(records[0], token);
  return note(records[0], answer.status, answer.body, token);
}

/** What was refused for its time, and written down while this phone's clock was wrong: the time is put right,
 * once, and it goes again. The server has nothing of it, so this is the same record. */
async function wasRetimed(record, { status, answer }) {
  const by_ms = (record.clock_error_ms ?? 0) - clockError();
  if (status !== 422 || !isAboutTime(answer) || !by_ms || record.is_retimed) return false;
  await update(record.seq, "waiting", { ...moved(record, by_ms), is_retimed: true });
  return true;
}

/** Send one record by its own route. */
async function sendAlone(record, token) {
  const picture = record.kind === "picture" && (await pictureOf(record.id));
  const { status, body } = picture
    ? await sendPicture(record, toBytes(picture.data), picture.type, token)
    : await ask(record.path, { method: record.method, token, body: record.body });
  // What arrived is another picture than what was taken: a person must know.
  const isOther = picture && status === 200 && body.original_sha256 !== record.body.sha256;
  if (await wasRetimed(record, { status, answer: body })) return "sent";
  return isOther ? note(record, 409, { code: "picture_changed" }, token) : note(record, status, body, token);
}

/** Send a picture: a small one at once, a larger one so that it goes on where the connection broke. */
async function sendPicture(record, bytes, type, token) {
  if (bytes.length <= PART_BYTES) return ask(record.path, { method: record.method, token, bytes, type });
  let answer = await upload(record, bytes, token, failures);
  if (answer.status < 300 && answer.status) answer = await ask(`${record.path}&upload_id=${record.id}`, { method: record.method, token });
  // It is not the picture that was refused: it goes again, as after a fault of the server.
  return isAboutUpload(answer) ? { ...answer, status: 500 } : answer;
}

/** Write down what came of a record before the next is looked at. */
async function note(record, status, body, token) {
  const tries = record.tries + 1;
  const outcome = meaning(status, tries);
  if (outcome === "sent") {
    await update(record.seq, "waiting", { state: "sent", tries, answer: body, sent_at: instant(), problem: null });
  } else if (outcome === "parked") {
    await update(record.seq, "waiting", { state: "parked", tries, problem: body ?? { status } });
  } else if (status !== 0) {
    // That no answer came says nothing of the record: only answers count as tries.
    await update(record.seq, "waiting", { tries, problem: body });
  }
  if (outcome === "sign_in") await signInNeeded(token);
  return outcome;
}

/** The token is over: say so, unless somebody has signed in again meanwhile. Nothing else changes. */
export async function signInNeeded(token) {
  const session = await value("session");
  if (session?.token === token && !session.is_over) await keep("session", { ...session, is_over: true });
}

/** Send whenever there is a chance: back in a network, back on the screen. */
export function flushByItself() {
  addEventListener("online", () => {
    failures = 0;
    flush();
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") flush();
  });
  flush();
}
