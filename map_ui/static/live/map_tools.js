/** Zoom, see everybody, and the key to what is drawn. */

import { html, nothing, render } from "../vendor/lit-html/lit-html.js";
import { icon } from "../parts/icon.js";
import { t } from "../parts/texts.js";
import { toast } from "../parts/toast.js";
import { agentGlyph, beadGlyph, fenceSign, pileGlyph, stopGlyph } from "./glyphs.js";
import { heapRadius } from "./heaps.js";
import { forgetFace } from "./letters.js";
import { isPaceShown, showPace } from "./pace.js";
import { onLook, palette } from "./palette.js";

const SIZE = 26;

const agent = (status) => (context) =>
  agentGlyph(context, 13, 13, { status, heading: 45, size: 9, color: palette.ink, age_ms: 600_000 });

const stop = (done) => (context) => stopGlyph(context, 13, 13, { seq: 3, done, radius: 9.5 });

const fence = (status, tone) => (context) => {
  context.beginPath();
  context.arc(13, 13, 10, 0, Math.PI * 2);
  context.fillStyle = palette[tone];
  context.globalAlpha = 0.16;
  context.fill();
  context.globalAlpha = 1;
  context.lineWidth = 1.75;
  context.strokeStyle = palette[tone];
  context.stroke();
  fenceSign(context, 13, 13, status, palette[tone]);
};

const line = (dash, width = 4, tone = "accent") => (context) => {
  context.beginPath();
  context.moveTo(2, 13);
  context.lineTo(24, 13);
  context.lineWidth = width;
  context.lineCap = "round";
  context.setLineDash(dash);
  context.strokeStyle = palette[tone];
  context.stroke();
};

function heap(context) {
  context.strokeStyle = palette.missed;
  for (const [x, count] of [[6, 1], [17, 40]]) {
    const radius = heapRadius(count);
    context.lineWidth = count > 1 ? 2.25 : 1.25;
    context.beginPath();
    context.moveTo(x - radius, 13 - radius);
    context.lineTo(x + radius, 13 + radius);
    context.moveTo(x + radius, 13 - radius);
    context.lineTo(x - radius, 13 + radius);
    context.stroke();
  }
}

const KEY = [
  [t("Agents"), [
    [t("Moving, and where to"), agent("moving")],
    [t("Standing"), agent("standing")],
    [t("At a customer"), agent("at_customer")],
    [t("No position lately, fades with time"), agent("stale")],
    [t("Several together: come closer"), (context) =>
      pileGlyph(context, 13, 13, 9, { moving: 3, at_customer: 1, standing: 1, stale: 0 }, false)],
  ]],
  [t("Customers"), [
    [t("Planned"), fence("planned", "planned")],
    [t("Being visited"), fence("visiting", "visiting")],
    [t("Visit verified"), fence("verified", "verified")],
    [t("Visit probable"), fence("probable", "probable")],
    [t("Missed"), fence("missed", "missed")],
    [t("Visit not proven"), fence("unverified", "missed")],
    [t("Missed or not proven, several: the more, the larger"), heap],
  ]],
  [t("Round of the chosen agent"), [
    [t("Stop done"), stop(true)],
    [t("Stop to come"), stop(false)],
    [t("Way travelled"), line([])],
    [t("Way to come"), line([1, 7])],
  ]],
  [t("Trail of the chosen agent"), [
    [t("Way by the pings, older parts fade"), line([], 1.5, "ink")],
    [t("Stopped: the longer, the larger"), (context) => beadGlyph(context, 13, 13, 6)],
    [t("No pings: the way is not known"), line([2, 6], 1.5, "ink-3")],
  ]],
];

function paintKey(place) {
  const entries = KEY.flatMap(([, each]) => each);
  place.querySelectorAll("canvas").forEach((canvas, i) => {
    canvas.width = canvas.height = SIZE * devicePixelRatio;
    canvas.style.width = canvas.style.height = `${SIZE}px`;
    const context = canvas.getContext("2d");
    context.scale(devicePixelRatio, devicePixelRatio);
    forgetFace(context);
    entries[i][1](context);
  });
}

const legend = html`<div class="legend" id="legend">${KEY.map(([title, entries]) => html`
  <h3>${title}</h3><ul>${entries.map(([word]) => html`<li><canvas aria-hidden="true"></canvas>${word}</li>`)}</ul>`)}</div>`;

/** `territories` is a layer with `isShown`, `show()` and `hide()`; `heat` one with `isShown`, `count` and `toggle()`; `isChosen()`
 * is whether there is anybody whose way could be colored. */
export function mapTools(place, map, seeAll, territories, heat, isChosen) {
  let open = false;
  let loading = false;
  const switchTerritories = async () => {
    if (loading) return;
    loading = true;
    draw();
    try {
      await (territories.isShown ? territories.hide() : territories.show());
      if (territories.isShown && !territories.count) toast(t("No territory is drawn yet"));
    } catch (problem) {
      toast(t("Territories cannot be shown. {message}", { message: problem.message }), { problem: true });
    }
    loading = false;
    draw();
  };
  const switchHeat = () => {
    heat.toggle();
    if (heat.isShown && !heat.count) toast(t("No stop is left to come today"));
    draw();
  };
  const switchPace = () => {
    showPace(!isPaceShown());
    if (isPaceShown() && !isChosen()) toast(t("Choose an agent: the way of today is colored by speed."));
    draw();
  };
  const draw = () => {
    render(
      html`
        <div class="stack zoom">
          <button type="button" class="button" aria-label=${t("Zoom in")} title=${t("Zoom in")} @click=${() => map.zoomIn()}>${icon("plus")}</button>
          <button type="button" class="button" aria-label=${t("Zoom out")} title=${t("Zoom out")} @click=${() => map.zoomOut()}>${icon("minus")}</button>
        </div>
        <div class="stack">
          <button type="button" class="button" aria-label=${t("See everybody")} title=${t("See everybody")} @click=${seeAll}>${icon("fit")}</button>
          <button type="button" class="button" aria-label=${t("Territories")} title=${t("Territories")} aria-pressed=${territories.isShown}
            aria-busy=${loading} data-testid="territories" @click=${switchTerritories}>${icon("territories")}</button>
          <button type="button" class="button" aria-label=${t("Where work is left")} title=${t("Where work is left: stops to come")}
            aria-pressed=${heat.isShown} data-testid="heat" @click=${switchHeat}>${icon("heat")}</button>
          <button type="button" class="button" aria-label=${t("Color the way by speed")} title=${t("Color the way by speed")}
            aria-pressed=${isPaceShown()} data-testid="pace" @click=${switchPace}>${icon("pace")}</button>
          <button type="button" class="button" aria-label=${t("Key to the map")} title=${t("Key to the map")} aria-expanded=${open}
            aria-controls="legend" @click=${() => { open = !open; draw(); }}>${icon("key")}</button>
        </div>
        ${open ? legend : nothing}`,
      place,
    );
    if (open) paintKey(place);
  };
  onLook(() => open && paintKey(place));
  draw();
}
