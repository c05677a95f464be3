/** The agents' app: starts it, and draws the screen that the address names. */

import { draw } from "/static/parts/draw.js";
import { closeCamera } from "./camera.js";
import { readClock, now } from "./kept/clock.js";
import { askToPersist, onChange, value } from "./kept/database.js";
import { countBytes, storageUse } from "./kept/usage.js";
import { isOpen, onOpened, openLikeOthers } from "./kept/vault.js";
import { keepCurrent } from "./install.js";
import { awayScreen, caseScreen, leaveScreen, placeOf } from "./screens/case.js";
import { cashScreen, depositScreen, keeperScreen } from "./screens/cash.js";
import { centerScreen } from "./screens/center.js";
import { followUpScreen } from "./screens/follow_up.js";
import { mapScreen, tendMap } from "./screens/map.js";
import { meScreen } from "./screens/me.js";
import { giveScreen, takeScreen } from "./screens/handover.js";
import { messageScreen } from "./screens/message.js";
import { helpScreen } from "./screens/help.js";
import { lockScreen } from "./screens/lock.js";
import { outboxScreen } from "./screens/outbox.js";
import { paymentScreen, receiptScreen } from "./screens/payment.js";
import { groupPictureScreen, pictureScreen, signScreen } from "./screens/picture.js";
import { promiseScreen } from "./screens/promise.js";
import { bringIcons } from "./screens/icon.js";
import { whenDrawn } from "./screens/parts.js";
import { roundScreen } from "./screens/round.js";
import { shiftScreen, signInScreen } from "./screens/sign_in.js";
import { wipedScreen } from "./screens/wiped.js";
import { draftOf, dropDraft, loadDrafts, saveDraft } from "./draft.js";
import { readKept, state } from "./state.js";
import { lookByItself } from "./sync/day.js";
import { downloadEarnings } from "./sync/earnings.js";
import { flushByItself } from "./sync/flush.js";
import { follow, freshFix, unfollow } from "./sync/pings.js";
import { checkIn } from "./sync/records.js";
import { arriving, lock, takeKeyFromAddress } from "./sync/session.js";
import { obeyWipe } from "./sync/wipe.js";
import { speak } from "./texts/texts.js";

const DRAFTED = new Set(["pay", "promise", "leave", "follow-up", "picture"]);
const isDrafted = ([name, id, part]) => DRAFTED.has(part) || (name === "center" && !part) || (name === "cash" && Boolean(id));
const LOCK_AFTER_MS = 5 * 60_000;
const place = document.querySelector("#app");

/** What screens may do: go elsewhere, change what they remember, and act (once at a time). */
const doings = {
  go(hash) {
    location.hash = hash;
  },
  set(members) {
    Object.assign(state.ui, members);
    if (isOpen() && isDrafted(state.route)) saveDraft(state.route.join("/"), state.ui);
    show();
    if (Object.keys(members.wrong ?? {}).length) place.querySelector("main .problem:not(:empty)")?.scrollIntoView({ block: "center" }); // the first
  },
  /** Go elsewhere, with what was entered written down as a record. */
  done(hash) {
    dropDraft(state.route.join("/"));
    doings.go(hash);
  },
  async act(action) {
    const { ui } = state;
    if (ui.isBusy) return;
    Object.assign(ui, { isBusy: true, problem: null });
    state.trouble = null;
    show();
    try {
      await action();
    } catch (error) {
      // Nothing was written down: whatever else it was, the agent must hear of it.
      state.trouble = error.name === "QuotaExceededError" ? { code: "storage_full" } : { code: "not_written" };
      console.error(error);
    } finally {
      ui.isBusy = false;
      show();
      place.querySelector("[data-testid=trouble]")?.scrollIntoView({ block: "nearest" });
    }
  },
  /** Check in, after asking why where the phone is plainly elsewhere. */
  async checkInAt(caseId, why) {
    const its = state.cases.get(caseId);
    if (!why && freshFix(now()) && placeOf(its)?.is_outside) return doings.go(`#/case/${caseId}/away`);
    await checkIn(caseId, why);
    navigator.vibrate?.(30);
    return doings.go(`#/case/${caseId}`);
  },
};

const OF_CASE = { undefined: caseScreen, pay: paymentScreen, promise: promiseScreen, "follow-up": followUpScreen, message: messageScreen, picture: pictureScreen, sign: signScreen, leave: leaveScreen, away: awayScreen };

const OF_CASH = { deposit: depositScreen, give: giveScreen, keeper: keeperScreen, take: takeScreen };

function screenOf() {
  const { session, day, shift, route, cases } = state;
  const [name, id, part] = route;
  if (state.vault?.is_closed) return wipedScreen;
  if (arriving) return lockScreen;
  if (state.wiped && name !== "sign-in") return wipedScreen;
  if (!isOpen() && state.vault && name !== "sign-in") return state.vault.part || state.device ? lockScreen : signInScreen;
  if (!session || name === "sign-in") return signInScreen;
  if (name === "help") return helpScreen;
  if (name === "outbox" && day) return outboxScreen;
  if (name === "me") return meScreen;
  if (!shift || !day) return shiftScreen;
  if (name === "case") return cases.has(id) ? (OF_CASE[part] ?? caseScreen) : caseScreen;
  if (name === "center") return part === "picture" ? groupPictureScreen : centerScreen;
  if (name === "receipt") return receiptScreen;
  if (name === "cash") return (state.till && OF_CASH[id]) || cashScreen;
  return name === "map" ? mapScreen : roundScreen;
}

const titleShown = () => place.querySelector("h1")?.textContent;

function show() {
  state.isCut = false;
  const before = titleShown();
  draw(place, screenOf()(doings));
  if (titleShown() !== before) scrollTo(0, 0); // the next step of a screen begins at its top, as another screen does
  place.className = state.session ? "" : "outside";
  place.setAttribute("aria-busy", String(Boolean(state.ui.isBusy)));
  tendMap(doings);
  if (state.isCut) showRest(state.route);
}

/** Show the ends of long lists, too, where the agent is still on that screen. */
async function showRest(route) {
  await whenDrawn();
  if (state.route !== route || state.isWhole) return;
  state.isWhole = true;
  show();
}

function takeRoute() {
  if (location.hash.startsWith("#key=")) takeKeyFromAddress();
  const before = state.route;
  state.route = location.hash.replace(/^#\/?/, "").split("/").filter(Boolean);
  if (state.route[0] === "help" && before[0] !== "help") state.cameFrom = `#/${before.join("/")}`;
  state.ui = draftOf(state.route.join("/"));
  state.isWhole = false;
  state.trouble = null; // it was of the screen that is left
  if (state.route[2] !== "picture") closeCamera();
  if (state.route[0] === "me") downloadEarnings();
  show();
  scrollTo(0, 0);
}

let reading = null;
let isStale = false;
let wasOpen = false;

/** Read what is kept and show it; changes that come in meanwhile are read in one go. */
function refresh() {
  isStale = true;
  reading ??= (async () => {
    try {
      while (isStale) {
        isStale = false;
        await readKept();
        if (isOpen() && !wasOpen) {
          await loadDrafts();
          state.ui = draftOf(state.route.join("/"));
        }
        wasOpen = isOpen();
        if (!wasOpen) state.drafts = new Map();
      }
    } finally {
      reading = null; // also after a failure: the next change is read again
    }
    speak(state.language);
    if (state.shift) follow(show);
    else unfollow();
    show();
  })();
  return reading;
}

/** Lock when nobody has looked at the app for a while. */
function lockByItself() {
  let hidden_at = null;
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") hidden_at = Date.now();
    else if (hidden_at && Date.now() - hidden_at > LOCK_AFTER_MS && state.vault) lock();
  });
}

async function start() {
  bringIcons();
  await takeKeyFromAddress();
  speak(await value("language"));
  await readClock();
  await openLikeOthers();
  onOpened(refresh);
  await refresh();
  takeRoute();
  onChange(readClock); // another tab may have learned that the clock is wrong
  onChange(refresh);
  addEventListener("hashchange", takeRoute);
  for (const event of ["online", "offline"]) addEventListener(event, show);
  state.isPersistent = await askToPersist();
  countBytes();
  state.storage = await storageUse();
  keepCurrent(show);
  lockByItself();
  obeyWipe();
  flushByItself();
  lookByItself();
  show();
}

start().catch((error) => {
  console.error(error);
  globalThis.sayClosed(); // opening.js
});
