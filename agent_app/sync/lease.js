/** Room for cash that the server keeps free for this phone, so that it holds without a network. */

import { leaseLeft, tillSoFar } from "../facts/so_far.js";
import { factId } from "../facts/ids.js";
import { now, surely } from "../kept/clock.js";
import { changed, keep, value, within } from "../kept/database.js";
import { recordsOf } from "../kept/outbox.js";
import { ask } from "./api.js";

/** Have the lease be as large as the room there is: once all is sent, a new one takes the place of one
 * that is over, or that a deposit has made too small. Under the flusher's lock: "done", or "later". */
export async function tendLease(session, { isStarting = false } = {}) {
  const [day, held, records, shift] = await Promise.all([value("day"), value("lease"), recordsOf(session.agent_id), value("shift")]);
  if (!day?.till || !(shift || isStarting)) return "done";
  const lease = held?.agent_id === session.agent_id ? held : null;
  if (lease?.prefix) {
    const isOver = now() >= Date.parse(lease.expires_at);
    const { free_minor } = tillSoFar(day, records, lease, now());
    const isUnsettled = records.some((each) => each.state === "parked" && each.body?.offline?.lease_id === lease.id);
    if (!isOver && (free_minor <= 0 || isUnsettled)) return "done";
    const back = await ask(`/v1/agent/leases/${lease.id}/return`, { method: "POST", token: session.token });
    if (back.status === 0 || back.status >= 500) return "later";
    await keep("lease", undefined);
  }
  return grant(session, lease?.prefix ? null : lease);
}

/** Take all the room there is. An id that was asked for and not answered is asked for again. */
async function grant(session, asked, isSecond = false) {
  const wanted = asked ?? { id: factId(now()), agent_id: session.agent_id };
  await keep("lease", wanted);
  const answer = await ask(`/v1/agent/leases/${wanted.id}`, { method: "PUT", token: session.token, body: {} });
  if (answer.status === 200) {
    const { prefix, left, expires_at, closed_at } = answer.body;
    await keep("lease", closed_at ? undefined : { ...wanted, prefix, left_minor: left.amount_minor, expires_at, next: 1 });
    return "done";
  }
  if (answer.status === 0 || answer.status >= 500) return "later";
  await keep("lease", undefined);
  const holding = answer.body?.type === "/problems/lease-open" && answer.body.lease_id;
  if (!holding || isSecond) return "done"; // no room now: cash waits for a network, or a deposit
  // An earlier lease of this agent, of a phone that was erased or lost: what it fills still counts.
  await ask(`/v1/agent/leases/${holding}/return`, { method: "POST", token: session.token });
  return grant(session, null, true);
}

/** The lease and the next numbers under it, one for each of these amounts of cash; null where they are taken without
 * one. A number is given out once, even to two tabs. */
export async function numbersUnderLease(amounts_minor, agentId) {
  const total_minor = amounts_minor.reduce((sum, minor) => sum + minor, 0);
  const records = await recordsOf(agentId);
  return within("values", "readwrite", async ({ store }) => {
    const lease = await store.get("lease");
    if (lease?.agent_id !== agentId || leaseLeft(lease, records, surely()) < total_minor) return null;
    await store.put({ ...lease, next: lease.next + amounts_minor.length }, "lease");
    return amounts_minor.map((_, at) => {
      const number = lease.next + at;
      return { lease_id: lease.id, number, text: `${lease.prefix}-${String(number).padStart(3, "0")}` };
    });
  });
}

/** Give the room back, at the end of the shift. It ends by itself where there is no network now. */
export async function returnLease(session) {
  const lease = await value("lease");
  if (!lease?.prefix) return;
  const answer = await ask(`/v1/agent/leases/${lease.id}/return`, { method: "POST", token: session.token });
  if (answer.status === 200) await keep("lease", undefined);
  await changed();
}
