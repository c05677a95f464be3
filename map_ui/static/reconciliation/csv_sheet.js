/** How a bank writes CSV: chosen among the columns of a file, tried as it is chosen, and kept with the account. */

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { beginTyping } from "../parts/focus.js";
import { choices, field, form, options, ways } from "../parts/form.js";
import { latest } from "../parts/latest.js";
import { Problem, clear } from "../parts/problem.js";
import { locale, t, tn } from "../parts/texts.js";
import { exponent, minorOf, money } from "../live/money.js";
import { keepAccount, tryCsv } from "./api.js";
import { DATE_FORMATS, decoded, isCsv, isWide, profileOf, tableOf } from "./csv_columns.js";
import { faults } from "./words.js";

const HEAD_BYTES = 200_000;
const NEWLINE = 10;
const SHOWN = 4;
const SIGNS = { signed: t("One column, minus for what goes out"), two_columns: t("A column each"), marker: t("One column, and one that says which") };
const MARKS = { ".": t("1,234.50"), ",": t("1.234,50") };
const EXAMPLE = { d: "30", m: "11", y: "26", Y: "2026", b: new Date(2026, 10).toLocaleString("en", { month: "short" }) };
const BALANCES = ["opening_minor", "closing_minor"];

const onDay = (date) => new Date(date).toLocaleDateString(locale, { timeZone: "UTC", dateStyle: "medium" });
const written = (format) => format.replaceAll(/%(\w)/g, (_, part) => EXAMPLE[part]);
const named = (names, chosen) => html`<option value="">${t("None")}</option>${options(Object.fromEntries(names.map((name) => [name, name])), chosen)}`;

/** Whether a file has to be asked about before it can be taken in: CSV of an account of which nobody has said how its
 * bank writes it, or whose balances have to be told. */
export const csvAsks = async (file, account) =>
  !account?.csv_profile?.balance && isCsv(decoded(await bytesOf(file)));

/** Ask. Resolves to the account as it was kept and the `balances` that go with the file, or to null when it was left. */
export function csvSheet(sheet, account, file) {
  return new Promise((resolve) => {
    const is = { profile: account.csv_profile && { ...account.csv_profile }, names: columnsOf(account.csv_profile), file, balances: {}, tried: null, wrong: [] };
    const asking = latest();
    const minor = (name) => {
      const typed = is.balances[name] ?? "";
      const found = minorOf(typed.replace(/^-/, ""), account.currency);
      return typed.startsWith("-") && found ? -found : found;
    };
    const isTold = () => BALANCES.every((name) => minor(name) !== null);
    const told = () => (is.profile.balance || !isTold() ? {} : Object.fromEntries(BALANCES.map((name) => [name, minor(name)])));

    async function look() {
      const isLatest = asking();
      is.wrong = [];
      paint();
      clear(sheet.querySelector("form"));
      if (!is.file || !is.profile.booked_on || !(is.profile.balance || isTold())) return;
      try {
        const { statements } = await tryCsv(await head(is), account.id, is.profile, told());
        if (!isLatest()) return;
        [is.tried] = statements;
      } catch (problem) {
        if (!isLatest()) return;
        Object.assign(is, { tried: null, wrong: problem.errors.length ? problem.errors.map(({ expected }) => expected) : faults(problem) });
      }
      paint();
    }

    async function read(chosen) {
      const table = tableOf(decoded(await bytesOf(chosen)));
      const profile = table && profileOf(table, exponent(account.currency));
      if (!table) {
        Object.assign(is, { file: chosen, wrong: [t("No line of this file has names of columns.")] });
        return;
      }
      Object.assign(is, { file: chosen, names: table.names });
      // What was kept stays, where the file has those columns.
      if (!is.profile || !columnsOf(is.profile).every((name) => table.names.includes(name))) is.profile = profile;
    }

    const change = (part) => {
      Object.assign(is.profile, part);
      look();
    };
    const column = (name, label) => field(`csv_profile.${name}`, label, html`<select id="csv_profile.${name}" name="csv_profile.${name}"
      aria-describedby="csv_profile.${name}-problem" @change=${(event) => change({ [name]: event.target.value })}>${named(is.names, is.profile[name])}</select>`);
    const list = (name, label) => html`<fieldset class="field"><legend>${label}</legend><div class="ways columns">${is.names.map((one) => html`<label class="way">
      <input type="checkbox" name="csv_profile.${name}" .checked=${is.profile[name].includes(one)} @change=${(event) => change({
        [name]: event.target.checked ? [...is.profile[name], one] : is.profile[name].filter((other) => other !== one) })}>${one}</label>`)}</div></fieldset>`;
    const balance = (name, label) => field(name, label, html`<input id=${name} name=${name} inputmode="decimal" autocomplete="off"
      aria-describedby="${name}-problem" .value=${is.balances[name] ?? ""} @change=${(event) => { is.balances[name] = event.target.value.trim(); look(); }}>`);
    const { currency } = account;

    const fields = () => html`
      ${column("booked_on", t("Day"))}
      ${field("csv_profile.date_format", t("Days are written"), html`<select id="csv_profile.date_format" name="csv_profile.date_format"
        @change=${(event) => change({ date_format: event.target.value })}>${options(Object.fromEntries([...new Set([...DATE_FORMATS, is.profile.date_format])].map((one) => [one, written(one)])), is.profile.date_format)}</select>`)}
      ${choices("csv_profile.sign", t("Money in and money out"), SIGNS, is.profile.sign, (sign) => change({ sign }))}
      ${is.profile.sign === "two_columns" ? html`<div class="two">${column("money_in", t("Money in"))}${column("money_out", t("Money out"))}</div>` : column("amount", t("Amount"))}
      ${is.profile.sign === "marker" ? html`${column("marker", t("Says which"))}${field("csv_profile.credit_mark", t("Its word for money in"), html`<input id="csv_profile.credit_mark"
        name="csv_profile.credit_mark" autocomplete="off" .value=${is.profile.credit_mark} @change=${(event) => change({ credit_mark: event.target.value })}>`)}` : nothing}
      ${ways("csv_profile.decimal_mark", t("Amounts are written"), MARKS, is.profile.decimal_mark, (decimal_mark) => change({ decimal_mark }))}
      ${column("balance", t("Balance after each line"))}
      ${is.profile.balance ? nothing : html`<p class="hint">${t("Without it, opening and closing balance are asked for with each file: that nothing is missing is proven by them.")}</p>
        ${is.file ? html`${balance("opening_minor", t("Opening balance, {currency}", { currency }))}${balance("closing_minor", t("Closing balance, {currency}", { currency }))}` : nothing}`}
      ${list("references", t("References: slips, cheques, transfers"))}
      ${list("text", t("What the bank says of a line"))}
      ${column("valued_on", t("Value date"))}
      <div class="field"><label class="way"><input type="checkbox" name="csv_profile.newest_first" .checked=${is.profile.newest_first}
        @change=${(event) => change({ newest_first: event.target.checked })}>${t("The newest line comes first")}</label></div>`;

    const outcome = () => html`<section role="status" data-testid="tried">
      ${is.wrong.length ? html`<div class="problem"><ul>${is.wrong.map((words) => html`<li>${words}</li>`)}</ul></div>` : nothing}
      ${is.tried ? html`<p><b>${tn("{count} line", "{count} lines", is.tried.lines_read)}</b> · ${t("{opening} to {closing}", {
          opening: money(is.tried.opening_minor, currency, locale), closing: money(is.tried.closing_minor, currency, locale) })}</p>
        <ul class="lines">${is.tried.lines.slice(0, SHOWN).map((line) => html`<li><span>${onDay(line.booked_on)}</span><b>${money(line.amount_minor, currency, locale)}</b>
          <span class="quiet">${[line.text, ...line.references].filter(Boolean).join(" · ")}</span></li>`)}</ul>` : nothing}</section>`;

    let kept = null;
    function paint() {
      form(sheet, {
        title: t("How {name} writes CSV", { name: account.name }), act: file ? t("Keep it and take the file in") : t("Keep it"), disabled: !is.profile,
        send: async () => {
          if (is.file && !is.profile.balance && !isTold()) {
            throw new Problem({ title: t("Both balances are needed"), errors: BALANCES.filter((name) => minor(name) === null).map((name) => ({ field: name, expected: t("an amount in {currency}", { currency }) })) });
          }
          // What cannot be read is not kept: the file would be refused with it.
          if (is.file) await tryCsv(is.file, account.id, is.profile, told());
          return keepAccount({ ...account, csv_profile: is.profile });
        },
        done: (came) => { kept = { account: came, balances: told() }; resolve(kept); },
      }, html`
        ${file ? html`<p>${t("Say once what the columns of {name} are; the files after it are read like it.", { name: file.name })}</p>`
          : field("sample", t("A file of this bank"), html`<input id="sample" type="file" accept=".csv,.txt,text/csv" @change=${async (event) => {
            if (!event.target.files[0]) return;
            await read(event.target.files[0]);
            paint();
            look();
          }}>`)}
        ${is.profile ? html`${outcome()}${fields()}` : outcome()}`);
    }

    sheet.addEventListener("close", () => { if (!kept) resolve(null); }, { once: true });
    (file ? read(file) : Promise.resolve()).then(() => {
      paint();
      sheet.showModal();
      beginTyping(sheet);
      if (is.profile) look();
    });
  });
}

const columnsOf = (profile) => (profile ? [profile.booked_on, profile.valued_on, profile.amount, profile.marker, profile.money_in, profile.money_out, profile.balance, profile.bank_id, ...profile.text, ...profile.references].filter(Boolean) : []);

const bytesOf = async (file) => new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer());

/** What is looked at of a file as its columns are chosen: the lines at its beginning, where each has its own balance. */
async function head({ file, profile }) {
  const bytes = await bytesOf(file);
  return profile.balance && file.size > HEAD_BYTES && !isWide(bytes) ? new File([bytes.slice(0, bytes.lastIndexOf(NEWLINE) + 1)], file.name) : file;
}
