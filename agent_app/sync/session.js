/** Who uses the app, on which phone, and whether a shift goes on. */

import { factId } from "../facts/ids.js";
import { instant, now } from "../kept/clock.js";
import { changed, keep, value, within } from "../kept/database.js";
import { recordsOf, update, write } from "../kept/outbox.js";
import { ask } from "./api.js";
import { downloadDay } from "./day.js";
import { flush } from "./flush.js";

const NO_ANSWER = { code: "offline" };

/** The problem of an answer, for a screen to tell. */
const problemOf = ({ status, body }) => (status === 0 ? NO_ANSWER : (body ?? { status }));

/** Take the phone's key out of the address, where the office's link has put it: `/app/#key=rd_…`. */
export async function takeKeyFromAddress() {
  const [, key] = /^#key=(rd_[\w-]+)$/.exec(location.hash) ?? [];
  if (!key) return;
  history.replaceState(null, "", location.pathname);
  await keep("device", { key });
}

/** Sign in. Resolves to null, or to the problem. What another agent left here waits for him. */
export async function signIn(username, password) {
  const answer = await ask("/v1/sign-in", { method: "POST", body: { username, password } });
  if (answer.status !== 200) return problemOf(answer);
  if (answer.body.role !== "agent") return { code: "not_an_agent" };
  const { token, name, expires_at } = answer.body;
  const me = await ask("/v1/me", { token });
  if (me.status !== 200) return problemOf(me);
  const before = await value("session");
  if (before && before.agent_id !== me.body.id) await forget();
  await keep("session", { token, agent_id: me.body.id, name, username, expires_at });
  flush();
  return null;
}

/** Begin the shift: the phone is this agent's, its positions count, and the day is downloaded. */
export async function startShift() {
  const [session, device] = await Promise.all([value("session"), value("device")]);
  // An end that still waits would end this shift instead.
  for (const record of await recordsOf(session.agent_id)) {
    if (record.kind === "shift_end") await update(record.seq, "waiting", { state: "dropped" });
  }
  let told = null;
  if (device) {
    const answer = await ask("/v1/agent/sign-on", {
      method: "PUT", token: session.token, body: { device_key: device.key },
    });
    if (answer.status !== 200) return problemOf(answer);
    told = answer.body.reason;
    await keep("device", { key: device.key, label: answer.body.label });
  }
  const failed = await downloadDay();
  if (failed) return failed === "later" ? NO_ANSWER : failed === "sign_in" ? null : failed;
  await keep("shift", { since: instant(), told });
  return null;
}

/** End the shift. From now on the phone tells nobody where it is; the server learns it in its turn. */
export async function endShift() {
  const [session, device] = await Promise.all([value("session"), value("device")]);
  await keep("shift", undefined);
  if (!device) return;
  await write({
    id: factId(now()), kind: "shift_end", agent_id: session.agent_id, made_at: instant(),
    path: "/v1/agent/sign-on", method: "DELETE", body: null,
  });
  flush();
}

/** Sign out, when nothing waits any more: no customer's data stays. Resolves to what still waits. */
export async function signOut() {
  const session = await value("session");
  const left = (await recordsOf(session.agent_id)).filter((each) => each.state === "waiting" || each.state === "parked");
  if (left.length) return left.length;
  await ask("/v1/sign-out", { method: "POST", token: session.token });
  await forget();
  await within("records", "readwrite", async ({ store }) => {
    for (let cursor = await store.openCursor(); cursor; cursor = await cursor.continue()) {
      if (cursor.value.agent_id === session.agent_id) await cursor.delete();
    }
  });
  await changed();
  return 0;
}

/** Forget whose phone this is and all of the day. Records and positions that wait stay. */
async function forget() {
  await within("values", "readwrite", ({ store }) =>
    Promise.all(["session", "day", "etas", "round_tag", "replanned", "shift"].map((name) => store.delete(name))));
  await caches.delete("roundsman-map");
}
