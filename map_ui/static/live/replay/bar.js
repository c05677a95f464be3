/** The bar under the map: which day, play, speed, and a slider over what happened when. */

import { html, nothing, render } from "../../vendor/lit-html/lit-html.js";
import { icon } from "../../parts/icon.js";
import { t } from "../../parts/texts.js";
import { font } from "../../parts/typeface.js";
import { palette } from "../palette.js";
import { roundTimes } from "./axis.js";
import { SPEEDS } from "./player.js";

const TONES = { visit: "visiting", stop: "ink-3", gap: "line", payment: "verified" };

const shifted = (day, days) => new Date(Date.parse(`${day}T12:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);

const BLOCKS_PX = 22;

/** The day at a glance behind the slider: stops and visits as blocks, gaps hollow, payments as ticks, hours below. */
function paintTrack(canvas, events, span, times) {
  const { clientWidth: width, clientHeight: whole } = canvas;
  if (!width) return;
  canvas.width = width * devicePixelRatio;
  canvas.height = whole * devicePixelRatio;
  if (!span) return;
  const height = BLOCKS_PX;
  const context = canvas.getContext("2d");
  context.scale(devicePixelRatio, devicePixelRatio);
  context.fillStyle = palette.ink;
  context.globalAlpha = 0.35;
  context.fillRect(0, height / 2 - 1.5, width, 3);
  context.globalAlpha = 1;
  const x = (at) => ((at - span.begins) / (span.ends - span.begins || 1)) * width;
  context.font = font(400, 11);
  context.textBaseline = "bottom";
  for (const at of roundTimes(span, width, times.wall)) {
    const words = times.clockTime(at);
    const half = context.measureText(words).width / 2;
    context.fillStyle = palette.line;
    context.fillRect(x(at) - 0.5, 0, 1, height + 2);
    context.fillStyle = palette["ink-2"];
    context.fillText(words, Math.min(width - 2 * half, Math.max(0, x(at) - half)), whole);
  }
  const kinds = ["gap", "stop", "visit", "payment"];
  for (const { kind, at, until } of [...events].sort((a, b) => kinds.indexOf(a.kind) - kinds.indexOf(b.kind))) {
    context.fillStyle = palette[TONES[kind]];
    if (kind === "payment") context.fillRect(x(at) - 1, 0, 2.5, height);
    else context.fillRect(x(at), kind === "gap" ? height / 2 - 2 : 4, Math.max(2, x(until) - x(at)), kind === "gap" ? 4 : height - 8);
  }
}

let painted = null; // what the track shows

/**
 * Draws into `place`. `act` has `toggle()`, `seek(ms)`, `setSpeed(speed)`, `open(day)`, `step(direction)` to
 * what happened next or before, `follow(on)`,
 * `place()`, `copy()` and `close()`; `shown` has the day, its events and span, the
 * times of its zone, the words of the moment, and whether it loads.
 */
export function drawBar(place, player, shown, act) {
  const { day, today, span, events, times, words, busy, following } = shown;
  const has = span !== null;
  render(
    html`
      <div class="replay-line">
        <button type="button" class="button square main" data-testid="replay-play" ?disabled=${!has}
          aria-label=${player.playing ? t("Pause") : t("Play")} title=${player.playing ? t("Pause (space)") : t("Play (space)")}
          @click=${act.toggle}>${icon(player.playing ? "pause" : "play")}</button>
        <label class="replay-speed"><span class="unseen">${t("Speed")}</span>
          <select aria-label=${t("Speed")} data-testid="replay-speed" @change=${(event) => act.setSpeed(Number(event.target.value))}>
            ${SPEEDS.map((speed) => html`<option value=${speed} ?selected=${speed === player.speed}>×${speed}</option>`)}
          </select></label>
        ${has ? html`<button type="button" class="button square plain" aria-label=${t("What happened before")} title=${t("What happened before (,)")}
          @click=${() => act.step(-1)}>${icon("previous")}</button>
        <button type="button" class="button square plain" aria-label=${t("What happened next")} title=${t("What happened next (.)")}
          @click=${() => act.step(1)}>${icon("next")}</button>
        <p class="replay-now" aria-live="off"><b data-testid="replay-time">${times.toTheSecond(player.at)}</b><span>${words}</span></p>`
        : html`<p class="replay-now nothing" role="status">${busy ? nothing : t("Nothing was recorded on this day.")}</p>`}
        <button type="button" class="button small follow" aria-pressed=${following} aria-label=${t("Follow")} title=${t("Keep the agent in sight")}
          @click=${() => act.follow(!following)}>${icon("target")}<span>${t("Follow")}</span></button>
      </div>
      <div class="replay-track">
        <canvas aria-hidden="true"></canvas>
        <input type="range" min="0" max=${Math.max(1, Math.round(player.length_ms / 1000))} step="1" data-testid="replay-slider"
          aria-label=${t("Time of day")} aria-valuetext=${has ? `${times.clockTime(player.at)}, ${words}` : t("No pings")}
          ?disabled=${!has} .value=${String(Math.round(player.at_s))}
          @input=${(event) => act.seek(span.begins + Number(event.target.value) * 1000)}>
      </div>
      <div class="replay-line">
        <button type="button" class="button square plain" aria-label=${t("The day before")} title=${t("The day before")}
          @click=${() => act.open(shifted(day, -1))}>${icon("previous")}</button>
        <label><span class="unseen">${t("Day")}</span><input type="date" required max=${today} .value=${day} data-testid="replay-day"
          @change=${(event) => event.target.value && act.open(event.target.value)}></label>
        <button type="button" class="button square plain" aria-label=${t("The day after")} title=${t("The day after")}
          ?disabled=${day >= today} @click=${() => act.open(shifted(day, 1))}>${icon("next")}</button>
        ${busy ? html`<span class="quiet" role="status">${t("Loading …")}</span>` : nothing}
        ${has ? html`<button type="button" class="button plain small place" data-testid="replay-place" title=${t("Where this is: copy it, or open it elsewhere")}
          @click=${act.place}>${icon("pin")}${t("Position")}</button>` : nothing}
        <button type="button" class="button plain small copy" @click=${act.copy}>${icon("link")}${t("Copy link")}</button>
        <button type="button" class="button small" data-testid="replay-close" @click=${act.close}>${icon("close")}${t("Back to live")}</button>
      </div>`,
    place,
  );
  const canvas = place.querySelector("canvas");
  const look = `${canvas.clientWidth} ${palette.ink}`;
  if (painted?.events === events && painted.look === look) return;
  painted = { events, look };
  paintTrack(canvas, events, span, times);
}
