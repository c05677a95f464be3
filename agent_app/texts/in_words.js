/** Amounts in words, as they are read aloud before a receipt is issued. Pure, one function a language.
 *
 * Currencies of South Asia count in lakhs and crores in English, as Hindi always does. */

import { exponent } from "../facts/money.js";

const IN_LAKHS = new Set(["INR", "NPR", "PKR", "BDT", "LKR"]);

const EN_ONES = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split(" ");
const EN_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split(" ");
const EN_SHORT = [[1e12, "trillion"], [1e9, "billion"], [1e6, "million"], [1000, "thousand"]];
const EN_INDIAN = [[1e7, "crore"], [1e5, "lakh"], [1000, "thousand"]];

function english(n, currency) {
  const scale = IN_LAKHS.has(currency) ? EN_INDIAN : EN_SHORT;
  const say = (left) => {
    for (const [size, name] of scale) if (left >= size) return `${say(Math.floor(left / size))} ${name}${rest(left % size)}`;
    if (left >= 100) return `${EN_ONES[Math.floor(left / 100)]} hundred${rest(left % 100)}`;
    if (left < 20) return EN_ONES[left];
    return EN_TENS[Math.floor(left / 10) - 2] + (left % 10 ? `-${EN_ONES[left % 10]}` : "");
  };
  const rest = (left) => (left ? ` ${say(left)}` : "");
  return say(n);
}

const HI_UP_TO_99 = (
  "शून्य एक दो तीन चार पाँच छह सात आठ नौ दस ग्यारह बारह तेरह चौदह पंद्रह सोलह सत्रह अठारह उन्नीस"
  + " बीस इक्कीस बाईस तेईस चौबीस पच्चीस छब्बीस सत्ताईस अट्ठाईस उनतीस"
  + " तीस इकतीस बत्तीस तैंतीस चौंतीस पैंतीस छत्तीस सैंतीस अड़तीस उनतालीस"
  + " चालीस इकतालीस बयालीस तैंतालीस चौवालीस पैंतालीस छियालीस सैंतालीस अड़तालीस उनचास"
  + " पचास इक्यावन बावन तिरपन चौवन पचपन छप्पन सत्तावन अट्ठावन उनसठ"
  + " साठ इकसठ बासठ तिरसठ चौंसठ पैंसठ छियासठ सड़सठ अड़सठ उनहत्तर"
  + " सत्तर इकहत्तर बहत्तर तिहत्तर चौहत्तर पचहत्तर छिहत्तर सतहत्तर अठहत्तर उनासी"
  + " अस्सी इक्यासी बयासी तिरासी चौरासी पचासी छियासी सत्तासी अट्ठासी नवासी"
  + " नब्बे इक्यानवे बानवे तिरानवे चौरानवे पचानवे छियानवे सत्तानवे अट्ठानवे निन्यानवे"
).split(" ");
const HI_SCALE = [[1e7, "करोड़"], [1e5, "लाख"], [1000, "हज़ार"], [100, "सौ"]];

function hindi(n) {
  for (const [size, name] of HI_SCALE) {
    if (n >= size) return `${hindi(Math.floor(n / size))} ${name}${n % size ? ` ${hindi(n % size)}` : ""}`;
  }
  return HI_UP_TO_99[n];
}

const ES_FEMININE = new Set(["INR", "IDR", "NPR", "PKR", "LKR", "GBP"]);
const ES_UP_TO_29 = (
  "cero un dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis diecisiete dieciocho diecinueve"
  + " veinte veintiún veintidós veintitrés veinticuatro veinticinco veintiséis veintisiete veintiocho veintinueve"
).split(" ");
const ES_TENS = "treinta cuarenta cincuenta sesenta setenta ochenta noventa".split(" ");
const ES_HUNDREDS = "ciento doscientos trescientos cuatrocientos quinientos seiscientos setecientos ochocientos novecientos".split(" ");

function spanish(n, currency) {
  const isFeminine = ES_FEMININE.has(currency);
  // Before a noun: "un peso", "una rupia"; before "millones" always as before a man's noun.
  const below1000 = (left, feminine) => {
    const one = (word) => (feminine ? word.replace(/veintiún$/, "veintiuna").replace(/un$/, "una") : word);
    if (left < 30) return one(ES_UP_TO_29[left]);
    if (left < 100) return ES_TENS[Math.floor(left / 10) - 3] + (left % 10 ? ` y ${one(ES_UP_TO_29[left % 10])}` : "");
    if (left === 100) return "cien";
    const hundreds = ES_HUNDREDS[Math.floor(left / 100) - 1];
    return (feminine ? hundreds.replace(/os$/, "as") : hundreds) + (left % 100 ? ` ${below1000(left % 100, feminine)}` : "");
  };
  const below1e6 = (left, feminine) => {
    const thousands = Math.floor(left / 1000);
    const head = thousands > 1 ? `${below1000(thousands, feminine)} mil` : "mil";
    return thousands ? head + (left % 1000 ? ` ${below1000(left % 1000, feminine)}` : "") : below1000(left, feminine);
  };
  const [millions, rest] = [Math.floor(n / 1e6), n % 1e6];
  if (!millions) return below1e6(n, isFeminine);
  const head = millions === 1 ? "un millón" : `${below1e6(millions, false)} millones`;
  return rest ? `${head} ${below1e6(rest, isFeminine)}` : `${head} de`;
}

const ID_ONES = "nol satu dua tiga empat lima enam tujuh delapan sembilan sepuluh sebelas".split(" ");
const ID_SCALE = [[1e12, "triliun"], [1e9, "miliar"], [1e6, "juta"], [1000, "ribu"], [100, "ratus"]];

function indonesian(n) {
  for (const [size, name] of ID_SCALE) {
    if (n < size) continue;
    const head = size <= 1000 && n < 2 * size ? `se${name}` : `${indonesian(Math.floor(n / size))} ${name}`;
    return n % size ? `${head} ${indonesian(n % size)}` : head;
  }
  if (n < 12) return ID_ONES[n];
  if (n < 20) return `${ID_ONES[n - 10]} belas`;
  return `${ID_ONES[Math.floor(n / 10)]} puluh${n % 10 ? ` ${ID_ONES[n % 10]}` : ""}`;
}

const SAY = { en: english, hi: hindi, es: spanish, id: indonesian };

/** "five hundred Indian rupees", "cinco mil pesos chilenos": an amount in a language that the app speaks; what is
 * less than a whole unit as a part of it, "50/100". */
export function inWords(amount_minor, currency, language) {
  const part = 10 ** exponent(currency);
  const [whole, minor] = [Math.floor(amount_minor / part), amount_minor % part];
  const named = new Intl.NumberFormat(language, { style: "currency", currency, currencyDisplay: "name", maximumFractionDigits: 0 });
  const name = named.formatToParts(whole).find((each) => each.type === "currency").value;
  return `${SAY[language](whole, currency)} ${name}${minor ? ` ${String(minor).padStart(exponent(currency), "0")}/${part}` : ""}`;
}
