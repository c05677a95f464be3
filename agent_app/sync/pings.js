/** Where the phone is while a shift goes on: written down first, then sent in batches. */

import { distanceM } from "../facts/place.js";
import { pace } from "../facts/saving.js";
import { later } from "../facts/times.js";
import { corrected, correction, instant, stamp } from "../kept/clock.js";
import { changed, keep, value, within } from "../kept/database.js";
import { countBattery } from "../kept/usage.js";
import { isOpen, seal, unseal } from "../kept/vault.js";
import { ask } from "./api.js";

const BATCH = 200;
const MOVED_M = 25;
const MOST_KEPT = 50_000; // some weeks; the server takes none that is older than 30 days
const RECENT = 5;

/** The last fixes, the newest last; `taken_ms` is by this phone's own clock, which may be put right later. */
export const fixes = [];
let watching = null;
let last = null;
let onFix = () => {};
let refusal = null;
let isExact = true;
let sent_ms = 0;

/** Why there is no position: "denied", "unavailable" or null. */
export const whyNoPosition = () => refusal;

/** The newest fix if it is younger than two minutes, as facts carry it; else null. */
export function freshFix(now_ms) {
  const newest = fixes.at(-1);
  if (!newest || Math.abs(now_ms - corrected(newest.taken_ms)) > 120_000) return null;
  return asFact(newest);
}

/** When a fix was taken, by the clock put right. */
export const takenAt = ({ taken_ms }) => instant(corrected(taken_ms));

const asFact = ({ taken_ms, ...place }) => ({ ...place, captured_at: takenAt({ taken_ms }) });

/** Follow the phone. `listener` is called at every fix. */
export function follow(listener) {
  onFix = listener;
  if (watching === null) watch();
}

function watch() {
  if (!navigator.geolocation) return;
  watching = navigator.geolocation.watchPosition(take, (error) => {
    refusal = error.code === error.PERMISSION_DENIED ? "denied" : "unavailable";
    onFix();
  }, { enableHighAccuracy: isExact, maximumAge: 5_000 });
}

/** Stop: outside a shift nobody is located. */
export function unfollow() {
  if (watching !== null) navigator.geolocation.clearWatch(watching);
  watching = last = null;
  fixes.length = 0;
}

async function take({ coords, timestamp }) {
  refusal = null;
  const known = (its) => (Number.isFinite(its) ? its : null);
  const fix = {
    lat: coords.latitude,
    lon: coords.longitude,
    accuracy_m: known(coords.accuracy),
    taken_ms: timestamp,
  };
  fixes.push(fix);
  if (fixes.length > RECENT) fixes.shift();
  onFix();
  const battery = await batteryNow();
  const { every_ms, is_exact } = pace(battery);
  beExact(is_exact);
  if (last && timestamp - last.timestamp < every_ms && distanceM(fix, last.fix) < MOVED_M) return;
  last = { fix, timestamp };
  const battery_pct = battery && Math.round(battery.level * 100);
  if (battery) countBattery(battery_pct);
  const ping = { ...asFact(fix), speed_mps: known(coords.speed), heading_deg: known(coords.heading), altitude_m: known(coords.altitude), battery_pct };
  if (!isOpen()) return;
  const kept = { ...stamp(), sealed: await seal(ping) };
  await within("pings", "readwrite", async ({ store }) => {
    await store.add(kept);
    if ((await store.count()) > MOST_KEPT) await store.delete((await store.openCursor()).key);
  });
}

/** Positions by satellite, or by what costs less. */
function beExact(is_exact) {
  if (is_exact === isExact || watching === null) return;
  isExact = is_exact;
  navigator.geolocation.clearWatch(watching);
  watch();
}

const batteryNow = async () => (await navigator.getBattery?.().catch(() => null)) ?? null;

export const countPings = () => within("pings", "readonly", ({ store }) => store.count());

/** Send what was written down, under the flusher's lock: "done", or "later". With little left in the battery some
 * wait for more. */
export async function sendPings() {
  const device = await value("device");
  if (!device || device.is_unknown) return "done";
  const { least, wait_ms } = pace(await batteryNow());
  if ((await countPings()) < least && Date.now() - sent_ms < wait_ms) return "done";
  sent_ms = Date.now();
  for (;;) {
    const [keys, kept] = await within("pings", "readonly", ({ store }) =>
      Promise.all([store.getAllKeys(null, BATCH), store.getAll(null, BATCH)]));
    if (!kept.length) return "done";
    const pings = await readable(kept);
    if (!pings.length) {
      await forget(keys);
      continue;
    }
    const status = { app: "roundsman", tracking: "on" };
    const body = { pings, sent_at: new Date().toISOString(), status };
    const answer = await ask("/v1/pings", { method: "POST", token: device.key, body });
    if (answer.status === 401) {
      await keep("device", { ...device, is_unknown: true });
      return "done";
    }
    if (answer.status !== 200) return "later";
    // The answer is per ping, and each is dealt with: stored, kept aside, or of nobody's duty.
    await forget(keys);
    await changed();
  }
}

/** What can be unsealed, its times put right: positions of whom used this phone before are under another key, and
 * nobody's now. */
async function readable(kept) {
  const found = await Promise.all(kept.map(async (each) => {
    const ping = each.sealed ? await unseal(each.sealed).catch(() => null) : each;
    const by_ms = correction(each);
    return ping && by_ms ? { ...ping, captured_at: later(ping.captured_at, by_ms) } : ping;
  }));
  return found.filter(Boolean);
}

const forget = (keys) => within("pings", "readwrite", ({ store }) => Promise.all(keys.map((key) => store.delete(key))));
