/** The one flusher: sends what waits, in order, whoever asked for it and in however many tabs. */

import { meaning, waitMs } from "../facts/answer.js";
import { instant } from "../kept/clock.js";
import { keep, value } from "../kept/database.js";
import { firstToSend, update } from "../kept/outbox.js";
import { ask } from "./api.js";
import { sendPings } from "./pings.js";

export const LOCK = "roundsman-flush";

let isWanted = false;
let running = null;
let timer = null;
let failures = 0;

/** Send what waits, now. Resolves when nothing can be sent any more, or not now. */
export function flush() {
  isWanted = true;
  clearTimeout(timer);
  running ??= run().finally(() => {
    running = null;
  });
  return running;
}

async function run() {
  while (isWanted) {
    isWanted = false;
    // One tab at a time. Killed in the middle, it loses the lock, and the record still waits.
    const outcome = await navigator.locks.request(LOCK, sendAll);
    if (outcome === "later") {
      failures += 1;
      timer = setTimeout(flush, waitMs(failures, Math.random()));
    } else if (outcome === "done") {
      failures = 0;
    }
  }
}

async function sendAll() {
  const session = await value("session");
  if (!session) return "sign_in";
  for (let record; (record = await firstToSend(session.agent_id)); ) {
    const outcome = await send(record, session.token);
    if (outcome === "later" || outcome === "sign_in") return outcome;
    failures = 0; // an answer came: there is a network
  }
  return sendPings();
}

/** Send one record, and write down what came of it before the next is looked at. */
async function send(record, token) {
  const { status, body } = await ask(record.path, { method: record.method, token, body: record.body });
  const tries = record.tries + 1;
  const outcome = meaning(status, tries);
  if (outcome === "sent") {
    await update(record.seq, "waiting", { state: "sent", tries, answer: body, sent_at: instant(), problem: null });
  } else if (outcome === "parked") {
    await update(record.seq, "waiting", { state: "parked", tries, problem: body ?? { status } });
  } else {
    // That no answer came says nothing of the record: only answers count as tries.
    await update(record.seq, "waiting", { tries: status === 0 ? record.tries : tries, problem: body });
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
