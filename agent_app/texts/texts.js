/** The words of the app, one module a language. Each has every text (tests/browser/agent_app/facts/test_words.py). */

import { en } from "./en.js";
import { es } from "./es.js";
import { hi } from "./hi.js";
import { id } from "./id.js";

const ALL = { en, es, hi, id };

/** Languages to choose from, each by its own name. */
export const LANGUAGES = { en: "English", es: "Español", hi: "हिन्दी", id: "Bahasa Indonesia" };

let language = "en";

/** Speak this language; without one the browser's first that we know. */
export function speak(chosen) {
  const wanted = [chosen, ...navigator.languages].filter(Boolean).map((each) => each.slice(0, 2));
  language = wanted.find((each) => each in ALL) ?? "en";
  document.documentElement.lang = language;
  localStorage.setItem("roundsman-language", language); // for the next opening: opening.js
}

/** The code of the language spoken: "en". */
export const spoken = () => language;

/** The language spoken, for amounts, dates and times. */
export const locale = () => navigator.languages.find((each) => each.startsWith(language)) ?? language;

/** A text by its name, its `{parts}` filled in, in the form that its `{count}` takes. */
export function t(name, parts = {}) {
  const text = ALL[language][name] ?? en[name];
  if (text === undefined) throw new Error(`no text ${name}`);
  const form = typeof text === "string" ? text : (text[new Intl.PluralRules(language).select(parts.count)] ?? text.other);
  return form.replace(/\{(\w+)\}/g, (_, part) => parts[part] ?? "");
}

/** Whether a text of this name exists: for codes that the server may know and this app does not. */
export const hasText = (name) => name in en;
