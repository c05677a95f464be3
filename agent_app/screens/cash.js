/** Cash in hand against its limit, and handing it over. */

import { closeCamera, dataUrl, jpegOf, openCamera, pictureAt, showCamera } from "../camera.js";
import { totalOf } from "../facts/money.js";
import { paymentsIn } from "../facts/so_far.js";
import { provisionalNumber } from "../facts/ids.js";
import { isAboutMoney } from "../kept/outbox.js";
import { state } from "../state.js";
import { deposit, keepSafe, takeSlip } from "../sync/records.js";
import { t } from "../texts/texts.js";
import { minor, time, workdayOf } from "../texts/told.js";
import { colleagueOf, openHandovers } from "./handover.js";
import { callOffice, choices, counter, field, figure, html, icon, mainButton, nothing, screen } from "./parts.js";
import { modeName } from "./mode.js";
import { whyBlocked } from "./room.js";

const LEAVES = new Set(["deposit", "handover"]);

/** What one record moved: each payment by its mode, anything else by what it is: `{name, minor}` each. */
function moves(record) {
  const payments = paymentsIn([record]);
  if (payments.length) return payments.map((each) => ({ name: modeName(each.mode), minor: each.amount.amount_minor }));
  return [{ name: t(`did_${record.kind}`), minor: record.body.amount.amount_minor * (LEAVES.has(record.kind) ? -1 : 1) }];
}

/** What came in today by mode, and what went, of this phone's records: `{name, minor, count}` each. */
function totals(records) {
  const found = new Map();
  for (const { name, minor: its } of records.flatMap(moves)) {
    const { minor: sum, count } = found.get(name) ?? { minor: 0, count: 0 };
    found.set(name, { minor: sum + its, count: count + 1 });
  }
  return [...found].map(([name, its]) => ({ name, ...its }));
}

const movedBy = (record) => moves(record).reduce((sum, each) => sum + each.minor, 0);

const isOfToday = (record) => workdayOf(record.made_at) === state.day.day;

export function cashScreen(doings) {
  const { till, records } = state;
  const money = records.filter((each) => isAboutMoney(each) && each.state !== "dropped" && isOfToday(each)).reverse();
  const keeper = records.findLast((each) => each.kind === "safe_keeping" && isOfToday(each));
  return screen({
    title: t("tab_cash"),
    tab: "cash",
    main: html`${till ? html`
      <section class="card">
        <p class="quiet">${t("inHand")}</p>
        ${figure(minor(till.in_hand_minor, till.currency), "in-hand")}
        <progress class="bar ${till.headroom_minor ? "" : "missed"}" max=${till.limit_minor || 1} value=${till.in_hand_minor}></progress>
        <p class=${whyBlocked() ? "warn" : ""} data-testid="headroom">${whyBlocked() ?? (till.headroom_minor
          ? t("roomOf", { amount: minor(till.headroom_minor, till.currency), limit: minor(till.limit_minor, till.currency) })
          : t("noRoom", { limit: minor(till.limit_minor, till.currency) }))}</p>
        ${till.leased_minor && !whyBlocked() ? html`<p class="quiet" data-testid="room-kept">${icon("check")} ${t("roomKept")}</p>` : nothing}
      </section>
      ${openHandovers(doings)}
      <div class="pair">
        ${till.in_hand_minor ? html`<a class="button large" href="#/cash/give" data-testid="give">${icon("people")} ${t("giveCash")}</a>` : nothing}
        <a class="button large" href="#/cash/take" data-testid="take">${icon("people")} ${t("takeCash")}</a></div>
      ${till.in_hand_minor ? html`<a class="button large" href="#/cash/keeper" data-testid="keeper">${icon("moon")} ${keeper ? t("keptBy", { name: keeper.body.keeper }) : t("keepSafe")}</a>` : nothing}
      ${money.length ? html`<section class="card" data-testid="totals"><h2>${t("totalsToday")}</h2><dl class="pairs">
        ${totals(money).map((each) => html`<div><dt>${each.name} × ${each.count}</dt><dd>${minor(each.minor, till.currency)}</dd></div>`)}</dl></section>` : nothing}
      ${money.length ? html`<section class="card"><h2>${t("today")}</h2><ul class="history">${money.map((each) => html`<li>
        <span>${time(each.made_at)}</span>
        <span>${each.kind !== "receipt" ? [t(`did_${each.kind}`), colleagueOf(each)].filter(Boolean).join(" · ") : html`<a href="#/receipt/${each.id}">${each.answer?.number ?? each.number ?? provisionalNumber(each.id)}</a> · ${modeName(each.body.mode)}`}${each.state === "sent" ? nothing : html` · ${t(each.state === "parked" ? "needsYou" : "waits")}`}</span>
        <b>${minor(movedBy(each), till.currency)}</b></li>`)}</ul></section>` : nothing}`
      : html`<section class="card"><p>${t("noTill")}</p>${callOffice()}</section>`}
      ${books()}`,
    action: till?.in_hand_minor ? html`<a class="button main large" href="#/cash/deposit" data-testid="deposit">${t("handOver")}</a>` : nothing,
  });
}

/** Numbers of leaves in few words: "3, 7–9". */
function inRuns(numbers) {
  const runs = [];
  for (const number of numbers) {
    if (runs.length && number === runs.at(-1)[1] + 1) runs.at(-1)[1] = number;
    else runs.push([number, number]);
  }
  return runs.map(([first, last]) => (first === last ? first : `${first}–${last}`)).join(", ");
}

/** The books of paper receipts that the agent answers for, as the desk knows them; an older server tells of none. */
function books() {
  const line = (name, numbers, mark = "") => (numbers.length ? html`<div class=${mark}><dt>${t(name)}</dt><dd>${inRuns(numbers)}</dd></div>` : nothing);
  const declared = (book, fate) => book.declared.filter((leaf) => leaf.fate === fate).map((leaf) => leaf.number);
  return (state.day?.books ?? []).map((book) => html`<section class="card" data-testid="book">
    <h2>${t("bookIs", { series: book.series })}</h2>
    <p>${t("bookLeft", { count: book.left })}</p>
    <dl class="pairs">
      <div><dt>${t("bookLeaves")}</dt><dd>${book.first_number}–${book.last_number}</dd></div>
      <div><dt>${t("bookUsed")}</dt><dd>${book.used}</dd></div>
      ${line("bookCancelled", declared(book, "cancelled"))}
      ${line("bookLost", declared(book, "lost"))}
      ${line("bookMissing", book.missing, "warn")}</dl>
    <p class="quiet">${t(book.missing.length ? "bookMissingLead" : "bookLead")}</p></section>`);
}

/** The slip's picture, taken in the page; where the camera is refused, from a file. */
function slipPicture({ act, set }) {
  const { ui } = state;
  queueMicrotask(() => showCamera(document.querySelector("#camera")));
  const open = () => openCamera("environment").then((refused) => set({ refused, isLive: !refused }));
  const take = (source) => act(async () => {
    const shown = await dataUrl(await jpegOf(source));
    closeCamera();
    set({ shown, isLive: false });
  });
  if (ui.shown) return html`<img class="shot" src=${ui.shown} alt=${t("slipPicture")} data-testid="slip-shot">
    <button class="button large" @click=${() => set({ shown: null })}>${t("pictureAgain")}</button>`;
  return html`<video id="camera" class="shot" autoplay playsinline muted ?hidden=${!ui.isLive}></video>
    ${ui.refused ? html`<p class="banner">${icon("warning")}<span>${t(`camera_${ui.refused}`)}</span></p>
      <label class="button large">${t("pictureFile")}<input type="file" accept="image/*" hidden @change=${(event) => event.target.files[0] && take(event.target.files[0])}></label>`
      : ui.isLive ? html`<button class="button large" data-testid="shoot-slip" @click=${() => take(document.querySelector("#camera"))}>${t("shoot")}</button>`
        : html`<button class="button large" data-testid="slip-picture" @click=${open}>${icon("plus")} ${t("slipPicture")}</button>`}`;
}

export function depositScreen({ act, done, set }) {
  const { ui, till, day } = state;
  ui.counts ??= {};
  ui.target ??= "branch";
  ui.slipNo ??= "";
  // A currency whose faces nobody knows cannot be deposited by count; the server would say so.
  const total = totalOf(ui.counts);
  const hand = () => {
    const wrong = {};
    if (!total) wrong.counts = t("countFirst");
    else if (total > till.in_hand_minor) wrong.counts = t("moreThanInHand", { amount: minor(till.in_hand_minor) });
    if (ui.target === "bank" && !ui.slipNo) wrong.slipNo = t("slipNeeded");
    set({ wrong });
    if (Object.keys(wrong).length) return;
    act(async () => {
      const counted = Object.entries(ui.counts).filter(([, count]) => count).map(([face, count]) => ({ face_minor: Number(face), count }));
      const id = await deposit({ amount_minor: total, currency: day.currency }, counted, ui.target, ui.target === "bank" ? ui.slipNo : null);
      if (ui.shown) await takeSlip(id, pictureAt(ui.shown));
      done("#/cash");
    });
  };
  return screen({
    title: t("handOver"),
    back: "#/cash",
    main: html`
      <p>${t("inHand")} <b>${minor(till.in_hand_minor)}</b></p>
      ${choices("target", [["branch", t("toBranch")], ["bank", t("toBank")]], ui.target, (target) => set({ target, wrong: null }))}
      ${ui.target === "bank" ? field({ name: "slip_no", label: t("slipNo"), wrong: ui.wrong?.slipNo,
        input: html`<input id="slip_no" .value=${ui.slipNo} @input=${(event) => set({ slipNo: event.target.value.trim(), wrong: null })}>` }) : nothing}
      <h2>${t("countNotes")}</h2>
      ${counter(day.faces_minor, ui.counts, minor, (counts) => set({ counts, wrong: null }))}
      <p class="problem" role="alert">${ui.wrong?.counts ?? ""}</p>
      ${slipPicture({ act, set })}
      <p class="quiet">${icon("cash")} ${t("staysInHand", { amount: minor(Math.max(0, till.in_hand_minor - total)) })}</p>`,
    action: mainButton(total ? t("handOverAmount", { amount: minor(total) }) : t("handOver"), hand, { testid: "hand-over" }),
  });
}

/** Who keeps the cash until the counters open; the last name and place are there again. */
export function keeperScreen({ act, done, set }) {
  const { ui, till, records } = state;
  const before = records.findLast((each) => each.kind === "safe_keeping");
  ui.keeper ??= before?.body.keeper ?? "";
  ui.place ??= before?.body.place ?? "";
  const keep = () => {
    const wrong = {};
    for (const name of ["keeper", "place"]) if (!ui[name].trim()) wrong[name] = t("needed");
    set({ wrong });
    if (Object.keys(wrong).length) return;
    act(async () => {
      await keepSafe(ui.keeper.trim(), ui.place.trim());
      done("#/cash");
    });
  };
  const line = (name, label) => field({ name, label, wrong: ui.wrong?.[name],
    input: html`<input id=${name} maxlength="200" autocomplete="off" .value=${ui[name]} @input=${(event) => set({ [name]: event.target.value, wrong: null })}>` });
  return screen({
    title: t("keepSafe"),
    back: "#/cash",
    main: html`<p>${t("keeperLead", { amount: minor(till.in_hand_minor) })}</p>
      ${line("keeper", t("keeperName"))}
      ${line("place", t("keeperPlace"))}`,
    action: mainButton(t("keepSafeNow"), keep, { testid: "keep-safe" }),
  });
}
