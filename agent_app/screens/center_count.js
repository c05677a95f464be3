/** A center's sheet, counted: its cash as notes and coins, a picture of the group, and off it goes. */

import { factId } from "../facts/ids.js";
import { totalOf } from "../facts/money.js";
import { reportsOf } from "../facts/sheet.js";
import { counted } from "../facts/tender.js";
import { sendAgain } from "../kept/outbox.js";
import { now } from "../kept/clock.js";
import { openByCase, state } from "../state.js";
import { flush } from "../sync/flush.js";
import { submitSheet } from "../sync/records.js";
import { t } from "../texts/texts.js";
import { minor, problem } from "../texts/told.js";
import { counter, figure, html, icon, mainButton, nothing, screen } from "./parts.js";
import { beyondRoom } from "./room.js";

export function countScreen({ act, done, set, sheet, record, totals, image }) {
  const { ui, day } = state;
  const counted_minor = totalOf(ui.counts);
  const imageId = image?.id ?? record?.body.group_image_id ?? null;
  const needsImage = day.door.asks_group_image && !imageId;
  const wrongNow = () => {
    const beyond = beyondRoom(totals.cash, record ? cashOf(record) : 0);
    if (beyond) return beyond;
    if (counted_minor !== totals.cash) return t("sheetCountWrong", { counted: minor(counted_minor), amount: minor(totals.cash) });
    return needsImage ? t("groupImageNeeded") : null;
  };
  const submit = () => {
    const wrong = wrongNow();
    set({ wrong: wrong && { count: wrong } });
    if (wrong) return;
    act(async () => {
      const members = reportsOf(sheet, ui, day.modes, day.currency, openByCase());
      if (record) await again(record, members, counted(ui.counts), imageId);
      else await submitSheet(sheet.center.center_id, members, counted(ui.counts), imageId);
      done(`#/center/${sheet.center.center_id}`);
    });
  };
  return screen({
    title: sheet.center.name,
    main: html`
      <section class="card sure">
        ${figure(minor(totals.cash + totals.other), "sheet-sum")}
        <dl class="pairs"><div><dt>${t("sheetCash")}</dt><dd>${minor(totals.cash)}</dd></div>
          <div><dt>${t("sheetOther")}</dt><dd>${minor(totals.other)}</dd></div></dl>
        <p class="quiet">${totals.cash + totals.other ? t("sheetLead") : t("sheetAlone")}</p>
      </section>
      ${record ? html`<p class="banner offline">${icon("warning")}<span>${problem(record.problem)}</span></p>` : nothing}
      ${totals.cash ? html`<h2>${t("sheetCount", { amount: minor(totals.cash) })}</h2>
        <p class=${counted_minor === totals.cash ? "note" : "warn"} data-testid="sheet-counted" aria-live="polite">${counted_minor === totals.cash ? icon("check") : nothing} ${minor(counted_minor)}</p>
        ${counter(day.faces_minor, ui.counts, minor, (counts) => set({ counts, wrong: null }))}` : nothing}
      <a class="button large" href="#/center/${sheet.center.center_id}/picture" data-testid="group-image">${imageId ? icon("check") : nothing} ${t("groupImage")}</a>
      ${needsImage ? html`<p class="quiet">${t("groupImageNeeded")}</p>` : nothing}
      <p class="problem" role="alert" data-testid="sheet-wrong">${ui.wrong?.count ?? ""}</p>`,
    action: html`<button class="button large" @click=${() => set({ isCounting: false, wrong: null })}>${t("change")}</button>
      ${mainButton(t("sheetSubmit"), submit, { testid: "sheet-submit" })}`,
  });
}

const cashOf = (record) => record.body.members.flatMap((member) => member.receipts)
  .filter((each) => each.mode === "cash").reduce((sum, each) => sum + each.amount.amount_minor, 0);

/** Send a refused sheet again: a payment that stands on it still keeps its id, and its number under the lease. */
async function again(record, members, denominations, group_image_id) {
  const had = new Map(record.body.members.flatMap((member) => member.receipts).map((each) => [each.case_id, each]));
  const receipt = (its) => {
    const { id, offline } = had.get(its.case_id) ?? { id: factId(now()) };
    return { id, ...its, ...(its.mode === "cash" && offline && { offline }) };
  };
  await sendAgain(record, {
    ...record.body, asks_unpaid: true, denominations, group_image_id, members: members.map((member) => ({ ...member, receipts: member.receipts.map(receipt) })),
  }, group_image_id);
  flush();
}
