/** A day played again on the live map: opens and closes it, and keeps map, bar, panel and address in step. */

import { latest } from "../../parts/latest.js";
import { t } from "../../parts/texts.js";
import { toast } from "../../parts/toast.js";
import * as api from "../api.js";
import * as clock from "../clock.js";
import { money } from "../money.js";
import { onLook } from "../palette.js";
import { isoDay, timesIn } from "../times.js";
import { speed } from "../words.js";
import { addressOf } from "./address.js";
import { drawBar } from "./bar.js";
import { inBrief } from "./brief.js";
import { DayLayer } from "./day_layer.js";
import { dayShape, happenings, spanOf, whereAt } from "./day_shape.js";
import { drawReplayPanel } from "./panel.js";
import { Player } from "./player.js";

const RAD = 180 / Math.PI;
const ADDRESS_EVERY_MS = 1000;
const STATES = { moving: t("Moving"), standing: t("Standing"), unknown: t("No pings") };

const toLatLon = ({ x, y }) => [Math.atan(Math.sinh(Math.PI * (1 - y / 128))) * RAD, (x / 256) * 360 - 180];

export class Replay {
  #page;
  #view;
  #bar;
  #panel;
  #layer = new DayLayer();
  #canvas;
  #player = new Player(() => this.#changed());
  #day = null;
  #shape = null;
  #events = [];
  #span = null;
  #times = timesIn("UTC");
  #asking = latest();
  #busy = false;
  #following = true;
  #addressDue = 0;
  #closed;

  /** `view` is the map, `bar` and `panel` where to draw; `closed()` follows the return to what is live. */
  constructor(page, view, bar, panel, closed) {
    this.#page = page;
    this.#view = view;
    this.#bar = bar;
    this.#panel = panel;
    this.#closed = closed;
    this.#canvas = view.addLayer("replay", 415, (...all) => this.#layer.paint(...all));
    onLook(() => this.isOpen && this.#changed());
    view.map.on("click", ({ containerPoint: { x, y } }) => {
      const at = this.#point(x, y)?.at;
      if (at) this.#player.seek(at);
    });
    view.map.on("mousemove", ({ containerPoint: { x, y } }) => {
      if (this.isOpen) view.map.getContainer().style.cursor = this.#point(x, y)?.at ? "pointer" : "";
    });
    view.map.on("mouseout", () => this.isOpen && view.say(null));
    view.map.on("dragstart", () => {
      this.#following = false;
    });
    addEventListener("keydown", (event) => this.#key(event));
  }

  get isOpen() {
    return this.#day !== null;
  }

  /** How much of the map the bar covers from below, in pixels. */
  get covers() {
    if (!this.isOpen) return 0;
    return this.#view.map.getContainer().getBoundingClientRect().bottom - this.#bar.getBoundingClientRect().top;
  }

  /** What is shown, for a console or a test. */
  get shown() {
    if (!this.#day) return null;
    return {
      agent_id: this.#day.agent_id, day: this.#day.day, at: this.#player.at, playing: this.#player.playing,
      pings: this.#shape.count, events: this.#events.length, ready: !this.#busy,
    };
  }

  /** The map again, in another way. */
  draw() {
    if (this.isOpen) this.#canvas.invalidate();
  }

  /** Play an agent's day (null: today), from a moment of it (null: its begin). */
  async open(agentId, day = null, at = null) {
    const isLatest = this.#asking();
    this.#busy = true;
    if (this.isOpen) this.#player.pause();
    try {
      const found = await api.replay(agentId, day ?? isoDay(clock.now()));
      if (!isLatest()) return;
      this.#busy = false;
      this.#load(found, at);
    } catch (problem) {
      if (!isLatest()) return;
      this.#busy = false;
      toast(t("The day cannot be played. {message}", { message: problem.message }), { problem: true });
      if (this.isOpen) this.#changed();
    }
  }

  close() {
    this.#asking();
    this.#player.pause();
    this.#day = null;
    this.#layer.show(null);
    this.#view.quiet = false;
    this.#view.say(null);
    this.#page.classList.remove("replaying");
    this.#bar.hidden = true;
    this.#canvas.invalidate();
    this.#address();
    this.#closed();
  }

  drawPanel() {
    drawReplayPanel(this.#panel, {
      day: this.#day, events: this.#events, times: this.#times, current: this.#current(), isOver: this.#isOver,
    }, { seek: (at) => this.#player.seek(at), close: () => this.close() });
  }

  #load(day, at) {
    for (const payment of day.payments) payment.label = money(payment.amount_minor, day.currency);
    this.#day = day;
    this.#shape = dayShape(day);
    this.#events = happenings(day);
    this.#span = spanOf(this.#shape, this.#events);
    this.#times = timesIn(day.zone);
    this.#layer.show(day, this.#shape, this.#isOver);
    this.#view.quiet = true;
    this.#page.classList.add("replaying");
    this.#bar.hidden = false;
    this.#following = true;
    this.#player.load(this.#span ?? { begins: 0, ends: 0 }, at ?? undefined);
    const points = [];
    for (let row = 0; row < this.#shape.count; row += Math.ceil(this.#shape.count / 200)) {
      points.push(toLatLon({ x: this.#shape.x[row], y: this.#shape.y[row] }));
    }
    points.push(...day.visits.filter(({ lat }) => lat !== null).map(({ lat, lon }) => [lat, lon]));
    if (points.length) this.#view.fit(points);
  }

  get #isOver() {
    return this.#day.day < isoDay(clock.now());
  }

  /** The latest thing that has begun by now. */
  #current() {
    return this.#events.findLast(({ at }) => at <= this.#player.at + 500) ?? null;
  }

  #words() {
    if (!this.#shape?.count) return "";
    const here = whereAt(this.#shape, this.#player.at);
    const parts = [STATES[here.state]];
    if (here.state === "moving") parts.push(speed(here.speed_mps));
    if (here.accuracy_m !== null && here.state !== "unknown") parts.push(`±${Math.round(here.accuracy_m)} m`);
    return parts.join(" · ");
  }

  #changed() {
    if (!this.isOpen) return;
    this.#layer.at = this.#player.at;
    this.#canvas.invalidate();
    drawBar(this.#bar, this.#player, {
      day: this.#day.day, today: isoDay(clock.now()), span: this.#span, events: this.#events, times: this.#times,
      words: this.#words(), busy: this.#busy, following: this.#following,
    }, this.#act);
    this.#panelIfNew();
    if (this.#player.playing && this.#following && this.#shape.count) {
      this.#view.keepInView(toLatLon(whereAt(this.#shape, this.#player.at)));
    }
    this.#addressDue ||= setTimeout(() => this.#address(), ADDRESS_EVERY_MS);
  }

  #drawnFor = null;

  /** The list changes when something happens, not sixty times a second. */
  #panelIfNew() {
    const current = this.#current();
    if (this.#drawnFor?.day === this.#day && this.#drawnFor.current === current) return;
    this.#drawnFor = { day: this.#day, current };
    this.drawPanel();
    if (this.#player.playing) this.#panel.querySelector(".happened.pointed")?.scrollIntoView({ block: "nearest" });
  }

  #act = {
    toggle: () => this.#player.toggle(),
    seek: (at) => this.#player.seek(at),
    setSpeed: (value) => {
      this.#player.speed = value;
      this.#changed();
    },
    open: (day) => this.open(this.#day.agent_id, day),
    step: (direction) => this.#step(direction),
    follow: (on) => {
      this.#following = on;
      this.#changed();
    },
    place: () => {
      this.#player.pause();
      const [lat, lon] = toLatLon(whereAt(this.#shape, this.#player.at));
      this.#view.map.setView([lat, lon], this.#view.map.getZoom(), { animate: false });
      this.#view.pin({ lat, lon });
    },
    copy: async () => {
      this.#address();
      try {
        await navigator.clipboard.writeText(location.href);
        toast(t("The link to this moment is copied."));
      } catch {
        toast(t("Copy the link from the address bar: it leads to this moment."));
      }
    },
    close: () => this.close(),
  };

  #step(direction) {
    const { at } = this.#player;
    const next = direction > 0
      ? this.#events.find((event) => event.at > at + 500)
      : this.#events.findLast((event) => event.at < at - 500);
    if (next) this.#player.seek(next.at);
  }

  #address() {
    clearTimeout(this.#addressDue);
    this.#addressDue = 0;
    const query = this.#day
      ? addressOf({ agentId: this.#day.agent_id, day: this.#day.day, at: this.#player.at })
      : "";
    history.replaceState(null, "", location.pathname + query);
  }

  /** Say what lies under a point of the map, and tell it. */
  #point(x, y) {
    if (!this.isOpen) return undefined;
    const found = this.#layer.under(x, y, this.#view.stageView());
    this.#view.say(found ? inBrief(found, this.#times) : null, x, y);
    return found;
  }

  #key(event) {
    const { target, key } = event;
    if (!this.isOpen || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    const slider = target.matches?.("input[type=range]");
    if (target.matches?.("input, textarea, select") && !slider) return;
    const onMap = this.#view.map.getContainer().contains(target);
    const minute = (event.shiftKey ? 600_000 : 60_000);
    const keys = {
      ArrowRight: () => this.#player.seek(this.#player.at + minute),
      ArrowLeft: () => this.#player.seek(this.#player.at - minute),
      ArrowUp: () => this.#player.faster(1),
      ArrowDown: () => this.#player.faster(-1),
      Home: () => this.#player.seek(this.#span.begins),
      End: () => this.#player.seek(this.#span.ends),
      ",": () => this.#step(-1),
      ".": () => this.#step(1),
      Escape: () => this.close(),
    };
    if (key === " " && !target.closest?.("button, a, summary")) keys[" "] = () => this.#player.toggle();
    // The map pans, and rows are walked, with the arrows.
    if (!keys[key] || !this.#span && key !== "Escape" || (key.startsWith("Arrow") && (onMap || target.closest?.(".row")))) return;
    keys[key]();
    event.preventDefault();
    event.stopImmediatePropagation();
  }
}
