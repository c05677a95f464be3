/** Counting: a row per note or coin, and the false ones beside them. */

import { html } from "../vendor/lit-html/lit-html.js";
import { Problem } from "../parts/problem.js";
import { locale, t, whole as grouped } from "../parts/texts.js";
import { money } from "../live/money.js";
import { countOf, totalOf } from "./words.js";

const FACES = JSON.parse(document.querySelector("[data-faces]").dataset.faces);
const whole = /^\d{0,6}$/;

/** What is being counted, in a currency; begins with `count` where something was counted before. */
export class Count {
  constructor(currency, { stated = [], count = null } = {}) {
    this.currency = currency;
    this.stated = new Map(stated.map((one) => [one.face_minor, one.count]).sort((a, b) => b[0] - a[0]));
    const before = new Map((count?.denominations ?? stated).map((one) => [one.face_minor, one.count]));
    this.faces = [...new Set([...(FACES[currency] ?? []), ...this.stated.keys()])].sort((a, b) => b - a);
    this.values = Object.fromEntries(this.faces.map((face) => [face, before.get(face) ? String(before.get(face)) : ""]));
    this.false_notes = (count?.counterfeit_notes ?? []).map((note) => ({ ...note }));
  }

  get total() {
    return totalOf(countOf(this.values));
  }

  /** Whether anything was typed, be it a zero. */
  get isBegun() {
    return this.false_notes.length > 0 || Object.values(this.values).some((value) => value !== "");
  }

  /** Have every false note bear its number; throws a `Problem` otherwise. */
  check() {
    if (this.false_notes.every(({ serial }) => serial.trim())) return;
    throw new Problem({ title: t("A false note has no number yet"), detail: t("Write its serial number, or take the note away. Where nothing can be read, say so there.") });
  }

  /** As the API takes it. */
  get body() {
    return { denominations: countOf(this.values), counterfeit_notes: this.false_notes.map((note) => ({ ...note, serial: note.serial.trim() })) };
  }

  /** The form; `redraw` is called where a row is added or taken away. At a counter nobody takes false notes. */
  fields(redraw, { false_notes = true } = {}) {
    const told = (minor) => money(minor, this.currency, locale);
    const set = (face) => (event) => {
      if (!whole.test(event.target.value)) event.target.value = this.values[face];
      this.values[face] = event.target.value;
    };
    const step = (event) => {
      // Enter goes to the next kind of note, as on an adding machine; the last one sends.
      if (event.key !== "Enter") return;
      const inputs = [...event.currentTarget.querySelectorAll("tbody input")];
      const next = inputs[inputs.indexOf(event.target) + 1];
      if (next) {
        event.preventDefault();
        next.select();
      }
    };
    return html`<table class="count" @keydown=${step}>
      <thead><tr><th scope="col">${t("Note or coin")}</th>${this.stated.size ? html`<th scope="col" class="amount">${t("Stated")}</th>` : ""}
        <th scope="col" class="amount">${t("Counted")}</th><th scope="col" class="amount">${t("Makes")}</th></tr></thead>
      <tbody>${this.faces.map((face) => html`<tr>
        <th scope="row">${told(face)}</th>
        ${this.stated.size ? html`<td class="amount quiet">${this.stated.has(face) ? grouped(this.stated.get(face)) : "–"}</td>` : ""}
        <td><input inputmode="numeric" autocomplete="off" maxlength="6" aria-label=${t("How many of {amount}", { amount: told(face) })} data-face=${face} .value=${this.values[face]} @input=${set(face)}></td>
        <td class="amount">${this.values[face] ? told(face * Number(this.values[face])) : ""}</td></tr>`)}</tbody></table>
      ${false_notes ? html`<fieldset class="field false-notes"><legend>${t("False notes")}</legend>
        <p class="hint">${t("They are worth nothing, and kept with their numbers. Do not count them above.")}</p>
        ${this.false_notes.map((note, n) => html`<div class="false-note">
          <select aria-label=${t("Face of false note {n}", { n: n + 1 })} @change=${(event) => { note.face_minor = Number(event.target.value); }}>
            ${this.faces.map((face) => html`<option value=${face} ?selected=${face === note.face_minor}>${told(face)}</option>`)}</select>
          <input aria-label=${t("Serial number of false note {n}", { n: n + 1 })} placeholder=${t("Serial number")} .value=${note.serial} @input=${(event) => { note.serial = event.target.value; }}>
          <button type="button" class="button square plain" aria-label=${t("Take false note {n} away", { n: n + 1 })} @click=${() => { this.false_notes.splice(n, 1); redraw(); }}>✕</button></div>`)}
        <button type="button" class="button small" @click=${() => { this.false_notes.push({ face_minor: [...this.stated.keys()][0] ?? this.faces[0], serial: "" }); redraw(); }}>${t("Add a false note")}</button></fieldset>` : ""}`;
  }
}
