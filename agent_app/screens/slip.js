/** A receipt on paper of 58 mm, or as a picture for the phone's share sheet. */

import { printed, wrapped } from "../facts/raster.js";
import { print } from "../printer.js";
import { state } from "../state.js";
import { t } from "../texts/texts.js";
import { html, icon, nothing } from "./parts.js";

const WIDTH_PX = 384; // 48 mm of print at 8 dots a millimeter
const FONT = "system-ui, sans-serif";

/** A slip drawn in black on white: `{number, amount, rows: [[label, value]], isProvisional}`,
 * `words` the amount in words. */
function drawn({ number, amount, words, rows, isProvisional }) {
  const lines = [];
  const pen = new OffscreenCanvas(WIDTH_PX, 8).getContext("2d");
  const add = (text, size_px, weight, gap_px = 6) => {
    const font = `${weight} ${size_px}px ${FONT}`;
    pen.font = font;
    wrapped(text, WIDTH_PX, (its) => pen.measureText(its).width).forEach((line, at) => lines.push({ line, font, size_px, gap_px: at ? 4 : gap_px }));
  };
  add(t("receipt"), 26, 600, 8);
  add(number, 28, 700);
  add(amount, 48, 700, 14);
  if (words) add(words, 22, 400, 4);
  for (const [label, value] of rows) {
    add(label, 20, 400, 12);
    add(value, 26, 600, 2);
  }
  if (isProvisional) add(t("slipProvisional"), 20, 400, 16);
  const height = lines.reduce((sum, { size_px, gap_px }) => sum + gap_px + Math.ceil(size_px * 1.25), 16);
  const canvas = new OffscreenCanvas(WIDTH_PX, height);
  const paper = canvas.getContext("2d");
  paper.fillStyle = "#fff";
  paper.fillRect(0, 0, WIDTH_PX, height);
  paper.fillStyle = "#000";
  paper.textBaseline = "top";
  let y = 0;
  for (const { line, font, size_px, gap_px } of lines) {
    paper.font = font;
    paper.fillText(line, 0, y + gap_px);
    y += gap_px + Math.ceil(size_px * 1.25);
  }
  return canvas;
}

async function share(slip) {
  const picture = await drawn(slip).convertToBlob({ type: "image/png" });
  const files = [new File([picture], `${slip.number}.png`, { type: "image/png" })];
  const text = [t("receipt"), slip.number, slip.amount, ...slip.rows.map(([label, value]) => `${label}: ${value}`)].join("\n");
  await navigator.share(navigator.canShare?.({ files }) ? { title: t("receipt"), files } : { title: t("receipt"), text }).catch(() => {});
}

/** The ways to hand a receipt on. */
export function handOn(slip, { act, set }) {
  const { ui } = state;
  const onPaper = () => act(async () => {
    const canvas = drawn(slip);
    const failed = await print(printed(canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height)));
    set({ printed: failed ?? "done" });
  });
  return html`<div class="pair">
      ${navigator.bluetooth ? html`<button class="button large" ?disabled=${ui.isBusy} @click=${onPaper} data-testid="print">${icon(ui.printed === "done" ? "check" : "download")} ${t(ui.printed === "done" ? "printed" : "print")}</button>` : nothing}
      ${navigator.share ? html`<button class="button large" ?disabled=${ui.isBusy} @click=${() => act(() => share(slip))} data-testid="share">${icon("link")} ${t("share")}</button>` : nothing}
    </div>
    ${ui.printed && ui.printed !== "done" ? html`<p class="banner" role="alert" data-testid="print-problem">${icon("warning")}<span>${t(`print_${ui.printed}`)}</span></p>` : nothing}`;
}
