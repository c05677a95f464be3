/** Sorts a `.table` by its head's buttons and exports what it shows as CSV.
 *
 * A cell may carry `data-value`: a plain number or text to sort and export by. */

import { cellOf } from "./formula.js";

const valueOf = (cell) => cell.dataset.value ?? cell.textContent.trim();

function compare(a, b) {
  const numbers = [Number(a), Number(b)];
  if (a !== "" && b !== "" && numbers.every(Number.isFinite)) return numbers[0] - numbers[1];
  return a.localeCompare(b, undefined, { numeric: true });
}

function sortBy(table, head) {
  const column = head.cellIndex;
  const down = head.getAttribute("aria-sort") === "ascending";
  for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", down ? "descending" : "ascending");
  const body = table.tBodies[0];
  const rows = [...body.rows].sort(
    (a, b) => compare(valueOf(a.cells[column]), valueOf(b.cells[column])) * (down ? -1 : 1),
  );
  body.append(...rows);
}

/** The table's rows as CSV (RFC 4180), in the order shown. */
export function toCsv(table) {
  return [...table.rows]
    .map((row) => [...row.cells].map((cell) => cellOf(valueOf(cell))).join(","))
    .join("\r\n");
}

function download(text, name) {
  // The mark at the start makes spreadsheets read accents right.
  const url = URL.createObjectURL(new Blob(["\ufeff", text], { type: "text/csv" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}

/** Make every table with `data-sortable` below `root` sort, and its export button work. */
export function wireTables(root = document) {
  for (const table of root.querySelectorAll("table[data-sortable]")) {
    for (const head of table.tHead.rows[0].cells) {
      head.querySelector("button")?.addEventListener("click", () => sortBy(table, head));
    }
    root
      .querySelector(`[data-export="${CSS.escape(table.id)}"]`)
      ?.addEventListener("click", () => download(toCsv(table), `${table.id}.csv`));
  }
}
