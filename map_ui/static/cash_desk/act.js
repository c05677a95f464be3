/** The few things that the cash desk does. */

import { toast } from "../parts/toast.js";
import { money } from "../live/money.js";
import * as api from "./api.js";
import { toCount } from "./words.js";

const locale = navigator.language;

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
    if (done) toast(`${done} ${done === 1 ? "deposit lies" : "deposits lie"} in the vault`);
    if (refused.length) toast(`${refused.length} could not be acknowledged; the list says why`, { problem: true });
  }),
  async sendBack(id, reason) {
    await api.sendBack(id, reason);
    toast("Sent back: the cash is in the agent's hands again");
    await load();
  },
  async settle(id, how, note) {
    await api.settle(id, how, note);
    toast("Settled");
    await load();
  },
  async countVault(id, body) {
    const { expected, counted } = await api.countVault(id, body);
    const off = counted.amount_minor - expected.amount_minor;
    toast(off ? `Taken down. ${money(Math.abs(off), counted.currency, locale)} ${off < 0 ? "short" : "over"} of what the books expected` : "Taken down. It is what the books expected", { problem: off !== 0 });
    await load();
  },
  confirmCount: (id) => attempt(async () => {
    await api.confirmCount(id);
    toast("Confirmed");
    await load();
  }),
  async remit(id, body) {
    await api.remit(id, body);
    toast("On its way to the bank");
    await load();
  },
  async takePayment(id, body) {
    state.taken = await api.takePayment(id, body);
    await load();
  },
  async askReversal(id, body) {
    await api.askReversal(id, body);
    toast("Another person decides now");
    await load();
  },
  async decideReversal(id, deed) {
    await api.decideReversal(id, deed);
    toast(deed === "approve" ? "Undone: the account owes it again" : "The receipt stands");
    await load();
  },
  async askRefund(id, body) {
    await api.askRefund(id, body);
    toast("A colleague pays it out now");
    await load();
  },
  async payRefund(id, reference) {
    await api.payRefund(id, reference);
    toast("Paid back");
    await load();
  },
  async declineRefund(id) {
    await api.declineRefund(id);
    toast("Left where it is");
    await load();
  },
  async addTarget(id, body) {
    await api.addTarget(id, body);
    toast("Files are made from now on");
    await load();
  },
  async closeTarget({ id }) {
    await api.closeTarget(id);
    await load();
  },
  makeFile: ({ id }) => attempt(async () => {
    const made = await api.makeFile(id);
    toast(made ? `${made.name}: ${made.records} ${made.records === 1 ? "record" : "records"}` : "Nothing waits to go out");
    await load();
  }),
  takeAnswers: ({ id }, file) => attempt(async () => {
    const taken = await api.takeAnswers(id, file);
    state.exports.set(id, { ...state.exports.get(id), taken });
    await load();
  }),
  sendAgain: (_target, { file_id, line }) => attempt(async () => {
    await api.sendAgain(file_id, line);
    toast("It is in the next file");
    await load();
  }),
  chooseDay: (day) => attempt(async () => {
    state.day = day;
    await load();
  }),
  async closeDay() {
    await api.close(state.day, state.branch.code);
    toast(`${state.day} is closed`);
    await load();
  },
});
