/** Snapshot first, then events; after a break it resumes, and starts again when it cannot. */

import { Problem } from "../parts/problem.js";
import * as api from "./api.js";

const QUIET_MS = 45_000; // the server says something at least every 15 s, but the browser hides it
const LONGEST_PAUSE_MS = 20_000;

/**
 * Calls `onSnapshot(snapshot)`, `onBatch(batch)` and `onState(state, retryAt)`, where state is
 * "loading", "live", "reconnecting" or "offline" and `retryAt` a `performance.now()` time.
 */
export class Feed {
  #events = null;
  #lastId = "";
  #heardAt = 0;
  #failures = 0;
  #timer = 0;
  #on;

  constructor(handlers) {
    this.#on = handlers;
    addEventListener("online", () => this.retryNow());
    addEventListener("offline", () => this.#lost());
    setInterval(() => this.#watch(), 5000);
  }

  async start() {
    clearTimeout(this.#timer);
    try {
      const snapshot = await api.snapshot();
      this.#lastId = snapshot.last_event_id;
      this.#listen(); // before the page asks for more, which the events need not wait for
      this.#on.onSnapshot(snapshot);
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      this.#lost();
    }
  }

  retryNow() {
    this.#failures = 0;
    this.start();
  }

  #listen() {
    this.#events?.close();
    const events = new EventSource(api.eventsUrl(this.#lastId));
    this.#events = events;
    const heard = () => {
      this.#heardAt = performance.now();
      this.#failures = 0;
      this.#on.onState("live");
    };
    events.addEventListener("open", heard);
    events.addEventListener("batch", (event) => {
      this.#lastId = event.lastEventId || this.#lastId;
      heard();
      this.#on.onBatch(JSON.parse(event.data));
    });
    events.addEventListener("reset", () => {
      // The server ends the stream after this; that is no loss of the connection.
      events.close();
      this.#events = null;
      this.start();
    });
    events.addEventListener("error", () => events === this.#events && this.#lost());
  }

  #lost() {
    this.#events?.close();
    this.#events = null;
    this.#failures += 1;
    clearTimeout(this.#timer);
    if (!navigator.onLine) {
      this.#on.onState("offline");
      return;
    }
    const pause = Math.min(LONGEST_PAUSE_MS, 1000 * 2 ** (this.#failures - 1));
    this.#on.onState("reconnecting", performance.now() + pause);
    // The first try resumes where the events broke off; later ones ask for everything again.
    const resume = this.#failures === 1 && this.#lastId !== "";
    this.#timer = setTimeout(() => (resume ? this.#listen() : this.start()), pause);
  }

  #watch() {
    if (this.#events && performance.now() - this.#heardAt > QUIET_MS) this.start();
  }
}
