/** What a bank's CSV is like: its columns, and how its days and amounts are written. Pure. */

const MOST_LINES_BEFORE = 60; // as on the server: addresses and notes above the header
const LOOKED_AT = 200;
const DELIMITERS = [",", ";", "\t", "|"];
const OTHER_FORMATS = /OFXHEADER|<OFX>|^\s*<|^:(20|25|60[FM]):/m;
const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/** How banks write days: formats as the server takes them, by what they look like. */
export const DATE_FORMATS = [
  "%d/%m/%Y", "%d/%m/%y", "%m/%d/%Y", "%m/%d/%y", "%Y-%m-%d", "%d-%m-%Y", "%d-%m-%y", "%d-%b-%Y", "%d-%b-%y", "%d %b %Y", "%d.%m.%Y", "%d.%m.%y", "%Y/%m/%d", "%Y%m%d",
];
const PARTS = { d: "(\\d{1,2})", m: "(\\d{1,2})", y: "(\\d{2})", Y: "(\\d{4})", b: "([A-Za-z]{3})" };

const WORDS = {
  booked_on: /date|fecha|tanggal|tgl|दिनांक|तारीख/iu,
  valued_on: /^val.*(date|dt)|valuta|fecha valor|^val/iu,
  money_in: /deposit|credit|abono|haber|kredit|masuk|paid in|money in|जमा/iu,
  money_out: /withdraw|debit|cargo|debe|keluar|paid out|money out|निकासी/iu,
  amount: /amount|monto|importe|jumlah|nominal|राशि/iu,
  marker: /^(dr\W*cr|cr\W*dr|type|d\W*k|c\W*d|d\W*c|debit\W+credit)\W*$/iu,
  balance: /balance|saldo|शेष/iu,
  text: /narration|description|descripci|detail|detalle|particular|remark|keterangan|uraian|glosa|concepto|विवरण/iu,
  references: /ref|chq|cheque|che?k no|document|comprobante|utr|nomor/iu,
};

/** Whether a file's letters are two bytes each (UTF-16, which begins with a mark): it is not to be cut anywhere. */
export const isWide = ([first, second]) => (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);

/** The text of a file's beginning, as the server would read it; its last letter may be cut in two. */
export function decoded(bytes) {
  if (isWide(bytes)) return new TextDecoder(bytes[0] === 0xff ? "utf-16le" : "utf-16be").decode(bytes);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: true });
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}

/** Whether it is none of the formats that say by themselves how they are read. */
export const isCsv = (text) => !OTHER_FORMATS.test(text);

function cellsOf(line, delimiter) {
  const cells = [""];
  let isQuoted = false;
  for (const letter of line) {
    if (letter === '"') isQuoted = !isQuoted;
    else if (letter === delimiter && !isQuoted) cells.push("");
    else cells[cells.length - 1] += letter;
  }
  return cells.map((cell) => cell.trim());
}

const says = (cells) => cells.filter(Boolean);
const isName = (cell) => /\p{L}/u.test(cell) && !/^[\d\s.,:/-]+$/.test(cell);

/** The columns and the first rows below them: `{ delimiter, names, rows }`; null where there are none. The header is
 * the widest row of nothing but names with a row as wide below it. */
export function tableOf(text) {
  const lines = text.split(/\r\n|\n|\r/).slice(0, MOST_LINES_BEFORE + LOOKED_AT);
  let best = null;
  for (const delimiter of DELIMITERS) {
    const rows = lines.map((line) => cellsOf(line, delimiter));
    for (const [at, cells] of rows.slice(0, MOST_LINES_BEFORE).entries()) {
      const names = says(cells);
      if (names.length < 3 || names.length <= (best?.names.length ?? 0) || !names.every(isName) || new Set(names).size < names.length) continue;
      const below = rows.slice(at + 1).filter((row) => says(row).length > 2);
      if (!below.length || !below.some((row) => row.length >= names.length)) continue;
      best = { delimiter, names, rows: below.slice(0, LOOKED_AT).map((row) => Object.fromEntries(cells.map((name, n) => [name, row[n] ?? ""]))) };
    }
  }
  return best;
}

/** A day as a number that grows with time; null where it is none in this format. */
function instant(told, format) {
  const pattern = new RegExp(`^${format.replaceAll(/[.]/g, "\\.").replaceAll(/%(\w)/g, (_, part) => PARTS[part])}$`);
  const found = pattern.exec(told);
  if (!found) return null;
  const part = Object.fromEntries([...format.matchAll(/%(\w)/g)].map(([, name], n) => [name, found[n + 1]]));
  const month = part.b ? MONTHS.indexOf(part.b.toLowerCase()) + 1 : Number(part.m);
  const [year, day] = [part.Y ? Number(part.Y) : 2000 + Number(part.y), Number(part.d)];
  return month >= 1 && month <= 12 && day >= 1 && day <= 31 ? (year * 100 + month) * 100 + day : null;
}

const cellsIn = (rows, name) => rows.map((row) => row[name]).filter(Boolean);

/** The first format in which all these cells are days; "" where there is none. */
export const dateFormatOf = (cells) => (cells.length ? DATE_FORMATS.find((format) => cells.every((cell) => instant(cell, format) !== null)) ?? "" : "");

/** The mark before decimals; `digits` of them has the currency. Three digits behind a point are thousands to it, unless it has three. */
export function decimalMarkOf(cells, digits) {
  const ends = (mark, count) => cells.some((cell) => new RegExp(`\\${mark}\\d{${count}}\\D*$`).test(cell));
  if (ends(".", "1,2")) return ".";
  if (ends(",", "1,2")) return ",";
  return digits !== 3 && ends(".", 3) && !ends(",", 3) ? "," : ".";
}

/** How a bank writes CSV, as far as its names and cells tell; what is not known is "". */
export function profileOf({ delimiter, names, rows }, digits) {
  const left = new Set(names);
  const take = (name, fits = () => true) => {
    const found = [...left].find((one) => WORDS[name].test(one) && fits(cellsIn(rows, one)));
    left.delete(found);
    return found ?? "";
  };
  const isMarker = (cells) => cells.length > 0 && new Set(cells).size <= 2 && cells.every((cell) => /^\p{L}{1,6}\.?$/u.test(cell));
  const isMoney = (cells) => cells.every((cell) => /\d/.test(cell) || cell === "-");
  const isDay = (cells) => dateFormatOf(cells) !== "";
  const valued_on = take("valued_on", isDay);
  const booked_on = take("booked_on", isDay) || valued_on;
  const marker = take("marker", isMarker);
  const balance = take("balance", isMoney);
  const [money_in, money_out] = marker ? ["", ""] : [take("money_in", isMoney), take("money_out", isMoney)];
  const isTwo = Boolean(money_in && money_out);
  const amount = isTwo ? "" : take("amount", isMoney) || money_in || money_out;
  const date_format = dateFormatOf(cellsIn(rows, booked_on));
  const days = cellsIn(rows, booked_on).map((cell) => (date_format ? instant(cell, date_format) : 0));
  return {
    booked_on, valued_on: valued_on === booked_on ? "" : valued_on, date_format: date_format || DATE_FORMATS[0],
    sign: marker ? "marker" : isTwo ? "two_columns" : "signed",
    amount, marker, credit_mark: cellsIn(rows, marker).find((cell) => /^c|^k/i.test(cell)) ?? "CR",
    money_in: isTwo ? money_in : "", money_out: isTwo ? money_out : "", balance,
    references: [take("references")].filter(Boolean), text: [take("text")].filter(Boolean), bank_id: "",
    decimal_mark: decimalMarkOf([amount, money_in, money_out, balance].flatMap((name) => cellsIn(rows, name)), digits),
    delimiter, encoding: "", newest_first: days.length > 1 && days[0] > days.at(-1),
  };
}
