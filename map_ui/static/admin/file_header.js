/** The names of a CSV file's columns, read in the browser. */

const BEGINNING_BYTES = 20_000;

/** As on the server: case, blanks and punctuation do not matter. */
export const plain = (name) => name.toLocaleLowerCase().replace(/[^\p{L}\p{N}]/gu, "");

export async function headerOf(file) {
  const [line = ""] = (await file.slice(0, BEGINNING_BYTES).text()).replace(/^\ufeff/, "").split(/\r?\n/, 1);
  const delimiter = [",", ";", "\t"].reduce((best, one) => (line.split(one).length > line.split(best).length ? one : best));
  return line.split(delimiter).map((cell) => cell.trim().replace(/^"|"$/g, "")).filter(Boolean);
}

/** Let a select choose among columns of a file. */
export function offer(select, header, chosen) {
  select.replaceChildren(select.options[0], ...header.map((name) => new Option(name, name)));
  select.value = chosen ?? "";
}
