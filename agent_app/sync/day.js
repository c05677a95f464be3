/** The day: downloaded whole, kept, and looked after while there is a network. */

import { difference } from "../facts/round.js";
import { tilesAlong } from "../facts/tiles.js";
import { hear, now, offsetOf, readClock } from "../kept/clock.js";
import { asKept, changed, keep, value, within } from "../kept/database.js";
import { keepOfficePhone } from "../kept/office.js";
import { settle } from "../kept/outbox.js";
import { countMapBytes, mapBytesToday } from "../kept/usage.js";
import { ask } from "./api.js";
import { LOCK, flush, signInNeeded } from "./flush.js";
import { obeyWipe } from "./wipe.js";

/** Whoever changes a round can count on phones knowing within half a minute. */
const LOOK_MS = 25_000;
const WHOLE_MS = 15 * 60_000;
const MAP_BYTES = 8_000_000; // of new tiles in a day, about half of what a day may cost an agent

/** Download the day, if it has changed. Resolves to null, or to why not: "later", "sign_in" or a
 * problem of the server's.
 *
 * It holds the flusher's lock: what was sent before is in this day, and what is sent after is not. */
export const downloadDay = () => navigator.locks.request(LOCK, download);

async function download() {
  const [session, kept] = await Promise.all([value("session"), value("day")]);
  if (!session) return "sign_in";
  const handovers = await handoversOf(session, kept);
  const asked_ms = Date.now();
  const headers = kept?.agent_id === session.agent_id ? { "If-None-Match": kept.tag } : {};
  const answer = await ask("/v1/agent/day", { token: session.token, headers });
  if (answer.status === 401) {
    await signInNeeded(session.token);
    return "sign_in";
  }
  if (answer.status === 304) {
    await store({ ...kept, ...handovers, checked_at: Date.now() });
    return null;
  }
  if (answer.status !== 200) return answer.status === 0 || answer.status >= 500 ? "later" : answer.body;
  const day = { ...answer.body, ...handovers, tag: answer.headers.get("ETag"), checked_at: Date.now() };
  const replanned = kept?.day === day.day ? difference(kept.round, day.round) : null;
  await store(day, offsetOf(day.as_of, asked_ms, Date.now()), replanned);
  return null;
}

/** To whom cash can be handed, and handovers that the server knows; what was known where no answer comes. */
async function handoversOf({ token }, kept) {
  const [colleagues, handovers] = await Promise.all(["colleagues", "handovers"].map((name) => ask(`/v1/agent/${name}`, { token })));
  return {
    colleagues: colleagues.status === 200 ? colleagues.body.items : (kept?.colleagues ?? []),
    handovers: handovers.status === 200 ? handovers.body : kept?.handovers,
  };
}

async function store(day, offset_ms, replanned) {
  const kept = await asKept("day", day);
  const told_of = replanned && (await asKept("replanned", replanned));
  await within(["values", "records", "pictures"], "readwrite", async (transaction) => {
    const values = transaction.objectStore("values");
    await values.put(kept, "day");
    if (offset_ms !== undefined) await values.put(offset_ms, "clock_offset_ms");
    if (told_of) await values.put(told_of, "replanned");
    await settle(transaction, now());
  });
  if (offset_ms !== undefined) hear(Date.parse(day.as_of));
  keepOfficePhone(day.door?.branch_phone);
  await readClock();
  await changed();
}

/** Keep the basemap along the round: the ways, the doors, and their surroundings; the widest views first, and as far as the
 * day has room for it. */
export async function downloadMap() {
  const [session, day] = await Promise.all([value("session"), value("day")]);
  if (!session || !day) return;
  const doors = day.cases.map((each) => each.case.address.position).filter(Boolean);
  const positions = [...(day.round?.geometry.coordinates ?? []), ...doors.map(({ lat, lon }) => [lon, lat])];
  const cache = await caches.open("roundsman-map");
  const headers = { Authorization: `Bearer ${session.token}` };
  for (const tile of tilesAlong(positions)) {
    if (mapBytesToday() >= MAP_BYTES) return;
    if (await cache.match(tile)) continue;
    const answer = await fetch(tile, { headers, credentials: "omit" }).catch(() => null);
    if (!answer) return;
    countMapBytes((await answer.clone().blob()).size);
    if (answer.ok) await cache.put(tile, answer);
  }
}

/** Look at what may have changed meanwhile: when stops are expected, and whether the round is still
 * the same, which costs the server next to nothing. */
export async function lookAround() {
  const [session, day] = await Promise.all([value("session"), value("day")]);
  if (!session || session.is_over || !day) return;
  // None yet, or none any more: a round may come, and the whole day says so for a 304.
  if (!day.round) return void (await downloadDay());
  const etas = await ask("/v1/agent/round/etas", { token: session.token });
  if (etas.status === 200) await keep("etas", etas.body);
  const headers = { "If-None-Match": (await value("round_tag")) ?? "" };
  const round = await ask("/v1/agent/round", { token: session.token, headers });
  // It is gone: somebody else makes these visits now.
  if (round.status === 404) return void (await downloadDay());
  if (round.status !== 200) return;
  await keep("round_tag", round.headers.get("ETag"));
  if (JSON.stringify(round.body) !== JSON.stringify(day.round)) await downloadDay();
}

/** Send, and look around, as long as somebody looks at the screen. */
export function lookByItself() {
  const look = async () => {
    if (document.visibilityState !== "visible" || !navigator.onLine) return;
    await obeyWipe();
    await flush();
    const day = await value("day");
    if (!day || Date.now() - day.checked_at <= WHOLE_MS) return void (await lookAround());
    await downloadDay();
    downloadMap(); // of where the round goes now, and what the network did not bring before
  };
  setInterval(look, LOOK_MS);
  document.addEventListener("visibilitychange", look);
}
