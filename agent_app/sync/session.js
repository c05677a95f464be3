/** Who uses the app, on which phone, and whether a shift goes on. */

import { factId } from "../facts/ids.js";
import { instant, now } from "../kept/clock.js";
import { changed, keep, value, within } from "../kept/database.js";
import { forgetRead, isUnsent, recordsOf, sealOld, update, write } from "../kept/outbox.js";
import { toBytes } from "../kept/seal.js";
import * as vault from "../kept/vault.js";
import { ask } from "./api.js";
import { downloadDay } from "./day.js";
import { LOCK, flush } from "./flush.js";
import { returnLease, tendLease } from "./lease.js";
import { obeyWipe, wipe } from "./wipe.js";

const NO_ANSWER = { code: "offline" };

/** Somebody whom the server knows, and whose PIN is still to be chosen or entered: `{session, part,
 * public_key, vault_id, is_new}`; null else. */
export let arriving = null;

/** The problem of an answer, for a screen to tell. */
const problemOf = ({ status, body }) => (status === 0 ? NO_ANSWER : (body ?? { status }));

/** Whether an answer says that the office has closed this phone. */
const isDestroyed = ({ body }) => body?.type === "/problems/vault-destroyed";

function giveUp() {
  arriving = null;
  return wipe();
}

/** Take the phone's key out of the address, where the office's link has put it: `/app/#key=rd_…`. */
export async function takeKeyFromAddress() {
  const [, key] = /^#key=(rd_[\w-]+)$/.exec(location.hash) ?? [];
  if (!key) return;
  history.replaceState(null, "", location.pathname);
  await keep("device", { key });
  await keep("wiped", undefined); // the office has set it up anew
}

const MOST_TURNS = 6;

/** Sign in. Resolves to null, or to the problem. What another agent left here waits for him. Where a crowd is in the
 * way it is `told`, and asked once more when the server says: who comes for the first time passes who has guessed. */
export async function signIn(username, password, told = () => {}) {
  let answer;
  for (let turn = 1; turn <= MOST_TURNS; turn += 1) {
    answer = await ask("/v1/sign-in", { method: "POST", body: { username, password }, isProven: true });
    if (answer.body?.type !== "/problems/sign-in-crowd" || turn === MOST_TURNS) break;
    told({ code: "sign_in_crowd" });
    await new Promise((goOn) => setTimeout(goOn, answer.body.retry_after_s * 1000));
  }
  if (answer.status !== 200) return problemOf(answer);
  if (answer.body.role !== "agent") return { code: "not_an_agent" };
  const { token, name, expires_at } = answer.body;
  const me = await ask("/v1/me", { token });
  if (me.status !== 200) return problemOf(me);
  const session = { token, agent_id: me.body.id, name, username, expires_at };
  const known = await vaultOf(session.agent_id);
  const device = await value("device");
  const vault_id = known?.id ?? factId(now());
  const kept = await ask(`/v1/agent/phone-vaults/${vault_id}`, {
    method: "PUT", token, body: { device_key: device?.key ?? null },
  });
  if (isDestroyed(kept)) return giveUp();
  if (kept.status !== 200) return problemOf(kept);
  arriving = { session, part: kept.body.part, public_key: kept.body.public_key, vault_id, is_new: !known };
  if (known) await keep("vault", { ...known, part: kept.body.part, wrong: 0, wrong_at: null });
  if (known && vault.isOpen()) await arrive();
  return null;
}

/** The vault of an agent on this phone, which becomes the current one; another's is put aside, locked, until
 * he signs in again. */
async function vaultOf(agentId) {
  const current = await value("vault");
  if (current?.agent_id === agentId) return current;
  if (current) {
    await forget();
    await keep(`vault of ${current.agent_id}`, { ...current, part: null });
    await keep("vault", undefined);
  }
  const aside = await value(`vault of ${agentId}`);
  if (!aside) return undefined;
  await within("values", "readwrite", ({ store }) => Promise.all([store.put(aside, "vault"), store.delete(`vault of ${agentId}`)]));
  return aside;
}

/** Choose a PIN: the first one, or a new one for who forgot it (`key` is the data key then). */
export async function choosePin(pin) {
  const { session, part, public_key, vault_id, key } = arriving;
  const made = await vault.create(vault_id, pin, part, public_key, key);
  await keep("vault", { ...made, agent_id: session.agent_id });
  await arrive();
}

/** Ask the server for the data key, after signing in: to choose a new PIN. Resolves to null or the problem. */
export async function forgotPin() {
  const { sealed } = await value("vault");
  const { session, vault_id } = arriving;
  const answer = await ask(`/v1/agent/phone-vaults/${vault_id}/key`, { method: "POST", token: session.token, body: sealed });
  if (isDestroyed(answer)) return giveUp();
  if (answer.status !== 200) return problemOf(answer);
  arriving = { ...arriving, is_new: true, key: toBytes(answer.body.key) };
  await changed();
  return null;
}

/** Enter the PIN. Resolves to null, or to the problem. In the morning the enrolled phone asks the server for
 * its part of the key first. */
export async function enterPin(pin) {
  const known = await value("vault");
  const wait = waitFor(known);
  if (wait) return wait;
  const { part, problem } = known.part ? known : await fetchPart(known);
  if (!part) return problem;
  const next = await vault.open({ ...known, part }, pin, Date.now());
  await keep("vault", next);
  if (!vault.isOpen()) return next.part ? (waitFor(next) ?? { code: "pin_wrong" }) : { code: "pin_gone" };
  if (arriving) await arrive();
  else await changed();
  flush();
  return null;
}

/** The problem that a vault takes no PIN yet; null where it does, or where the server's part is to be had first. */
export function waitFor(known) {
  const wait_ms = known?.part ? vault.patience(known, Date.now()) : 0;
  return wait_ms ? { code: "pin_wait", seconds: Math.ceil(wait_ms / 1000) } : null;
}

/** The server's `part` for the enrolled phone; without one the `problem`, which is null where the phone has erased itself. */
async function fetchPart({ id }) {
  const device = await value("device");
  if (!device) return { problem: NO_ANSWER };
  const answer = await ask(`/v1/phone-vaults/${id}/part`, { token: device.key });
  if (answer.status === 200) return { part: answer.body.part };
  if (isDestroyed(answer)) return { problem: await giveUp() };
  if (answer.status !== 401) return { problem: problemOf(answer) };
  // Its key is over. Where the phone is, too, the vault tells.
  const problem = await obeyWipe();
  return { problem: problem ?? ((await value("vault")) ? { code: "phone_unknown" } : null) };
}

async function arrive() {
  const { session } = arriving;
  arriving = null;
  await sealOld(session.agent_id);
  await keep("session", session);
  await keep("wiped", undefined);
  flush();
}

/** Lock the app: the PIN opens it. */
export async function lock() {
  vault.lock();
  forgetRead();
  await changed();
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
  await navigator.locks.request(LOCK, () => tendLease(session, { isStarting: true }));
  await keep("shift", { since: instant(), told });
  flush();
  return null;
}

/** End the shift. From now on the phone tells nobody where it is; the server learns it in its turn. */
export async function endShift() {
  const [session, device] = await Promise.all([value("session"), value("device")]);
  await keep("shift", undefined);
  if (device) {
    await write({
      id: factId(now()), kind: "shift_end", agent_id: session.agent_id, made_at: instant(),
      path: "/v1/agent/sign-on", method: "DELETE", body: null,
    });
  }
  await flush();
  if ((await unsent(session)).length) return;
  await returnLease(session);
  // Closed by night: the server's part comes back in the morning, with a network.
  if (device && !device.is_unknown) await keep("vault", { ...(await value("vault")), part: null });
}

const unsent = async ({ agent_id }) =>
  (await recordsOf(agent_id)).filter(isUnsent);

/** Sign out, when nothing waits any more: no customer's data stays. Resolves to what still waits. */
export async function signOut() {
  const session = await value("session");
  const left = await unsent(session);
  if (left.length) return left.length;
  await returnLease(session);
  await ask("/v1/sign-out", { method: "POST", token: session.token });
  await forget();
  await within(["records", "pictures", "values", "pings"], "readwrite", async (transaction) => {
    const records = transaction.objectStore("records");
    for (let cursor = await records.openCursor(); cursor; cursor = await cursor.continue()) {
      if (cursor.value.agent_id !== session.agent_id) continue;
      await transaction.objectStore("pictures").delete(cursor.value.id);
      await cursor.delete();
    }
    await transaction.objectStore("values").delete("vault");
    await transaction.objectStore("pings").clear();
  });
  vault.lock();
  forgetRead();
  await changed();
  return 0;
}

/** Forget whose phone this is and all of the day. Records that wait stay, and cannot be read. */
async function forget() {
  await within("values", "readwrite", ({ store }) =>
    Promise.all(["session", "day", "etas", "round_tag", "replanned", "shift", "lease", "draft", "earnings"].map((name) => store.delete(name))));
  await caches.delete("roundsman-map");
  vault.lock();
  forgetRead();
}
