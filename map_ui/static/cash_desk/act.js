/** The few things that the cash desk does. */

import { locale, t, tn } from "../parts/texts.js";
import { toast } from "../parts/toast.js";
import { money } from "../live/money.js";
import * as api from "./api.js";
import { shortDay, toCount } from "./words.js";

/** What buttons and sheets call. `attempt` says what went wrong of what no sheet shows; `load` looks again. */
export const actsOf = ({ state, attempt, load, show }) => ({
  tick(id) {
    if (!state.chosen.delete(id)) state.chosen.add(id);
    show();
  },
  tickAll(all) {
    state.chosen = new Set(all ? toCount(state.deposits).map(({ id }) => id) : []);
    show();
  },
  counted(id, count) {
    if (count) state.counts.set(id, count);
    else state.counts.delete(id);
    state.chosen.add(id);
    show();
  },
  acknowledge: (chosen) => attempt(async () => {
    const came = await api.acknowledge(chosen.map(({ id }) => ({ id, ...(state.counts.has(id) && { count: state.counts.get(id) }) })));
    const refused = came.filter(({ problem }) => problem);
    const done = came.length - refused.length;
    state.refused = new Map(refused.map(({ id, problem }) => [id, [problem.title, problem.detail].filter(Boolean).join(". ")]));
    await load();
    if (done) toast(tn("{count} deposit lies in the vault", "{count} deposits lie in the vault", done));
    if (refused.length) toast(tn("{count} could not be acknowledged; the list says why", "{count} could not be acknowledged; the list says why", refused.length), { problem: true });
  }),
  async sendBack(id, reason) {
    await api.sendBack(id, reason);
    toast(t("Sent back: the cash is in the agent's hands again"));
    await load();
  },
  async settle(id, how, note) {
    await api.settle(id, how, note);
    toast(t("Settled"));
    await load();
  },
  showSettled(isShown) {
    state.settled.isShown = isShown;
    return isShown ? this.settledOf({}) : show();
  },
  settledOf: (days) => attempt(async () => {
    Object.assign(state.settled, days);
    const { since, until } = state.settled;
    const found = await api.settled({ since, until });
    // Whoever chose other days meanwhile is answered for those.
    if (since === state.settled.since && until === state.settled.until) Object.assign(state.settled, { items: found.items, behind: found.next_cursor });
  }),
  moreSettled: () => attempt(async () => {
    const { settled } = state;
    const { behind } = settled;
    const found = await api.settled(settled, behind);
    if (behind === settled.behind) Object.assign(settled, { items: [...settled.items, ...found.items], behind: found.next_cursor });
  }),
  async countVault(id, body) {
    const { expected, counted } = await api.countVault(id, body);
    const off = counted.amount_minor - expected.amount_minor;
    const amount = money(Math.abs(off), counted.currency, locale);
    if (off < 0) toast(t("Taken down. {amount} short of what the books expected", { amount }), { problem: true });
    else if (off > 0) toast(t("Taken down. {amount} over of what the books expected", { amount }), { problem: true });
    else toast(t("Taken down. It is what the books expected"));
    await load();
  },
  confirmCount: (id) => attempt(async () => {
    await api.confirmCount(id);
    toast(t("Confirmed"));
    await load();
  }),
  async remit(id, body) {
    await api.remit(id, body);
    toast(t("On its way to the bank"));
    await load();
  },
  async takePayment(id, body) {
    state.taken = await api.takePayment(id, body);
    await load();
  },
  async enterPaper(id, body) {
    const entered = await api.enterPaper(id, body);
    toast(entered.original_came ? t("The phone had sent it: {number}", { number: entered.number }) : t("Entered: receipt {number}", { number: entered.number }));
    await load();
  },
  async issueBook(id, body) {
    await api.issueBook(id, body);
    toast(t("The agent answers for its leaves from now on"));
    await load();
  },
  async accountForLeaf(book, number, body) {
    await api.accountForLeaf(book, number, body);
    toast(t("Accounted for"));
    await load();
  },
  async takeBookBack(id, blank_from) {
    const { missing } = await api.takeBookBack(id, blank_from);
    if (missing.length) toast(tn("Taken back. {count} leaf is missing", "Taken back. {count} leaves are missing", missing.length), { problem: true });
    else toast(t("Taken back. Every leaf is accounted for"));
    await load();
  },
  async askReversal(id, body) {
    await api.askReversal(id, body);
    toast(t("Another person decides now"));
    await load();
  },
  async decideReversal(id, deed) {
    await api.decideReversal(id, deed);
    toast(deed === "approve" ? t("Undone: the account owes it again") : t("The receipt stands"));
    await load();
  },
  async askRefund(id, body) {
    await api.askRefund(id, body);
    toast(t("A colleague pays it out now"));
    await load();
  },
  async payRefund(id, reference) {
    await api.payRefund(id, reference);
    toast(t("Paid back"));
    await load();
  },
  async declineRefund(id) {
    await api.declineRefund(id);
    toast(t("Left where it is"));
    await load();
  },
  async addTarget(id, body) {
    await api.addTarget(id, body);
    toast(t("Files are made from now on"));
    await load();
  },
  async closeTarget({ id }) {
    await api.closeTarget(id);
    await load();
  },
  makeFile: ({ id }) => attempt(async () => {
    const made = await api.makeFile(id);
    toast(made ? tn("{name}: {count} record", "{name}: {count} records", made.records, { name: made.name }) : t("Nothing waits to go out"));
    await load();
  }),
  takeAnswers: ({ id }, file) => attempt(async () => {
    const taken = await api.takeAnswers(id, file);
    state.exports.set(id, { ...state.exports.get(id), taken });
    await load();
  }),
  sendAgain: (_target, { file_id, line }) => attempt(async () => {
    await api.sendAgain(file_id, line);
    toast(t("It is in the next file"));
    await load();
  }),
  chooseDay: (day) => attempt(async () => {
    state.day = day;
    await load();
  }),
  async closeDay() {
    await api.close(state.day, state.branch.code);
    toast(t("{day} is closed", { day: shortDay(state.day) }));
    await load();
  },
});
