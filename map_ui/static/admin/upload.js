/** Files sent with their progress, and answers that are files. */

import { cellOf } from "../parts/formula.js";
import { Problem } from "../parts/problem.js";
import { t } from "../parts/texts.js";

const UNREACHABLE = { title: t("The server cannot be reached"), detail: t("Nothing was saved. Check the connection and try again.") };

/** Send a form with files. `told` hears the share that has left, then null while the server works. */
export function send(url, form, told = () => {}) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", url);
    request.setRequestHeader("Accept", "application/json");
    request.responseType = "json";
    request.upload.addEventListener("progress", ({ loaded, total }) => told(loaded < total ? loaded / total : null));
    request.addEventListener("error", () => reject(new Problem({ ...UNREACHABLE, status: 0 })));
    request.addEventListener("load", () => {
      if (request.status < 400) resolve(request.response);
      else reject(new Problem({ title: t("The server answered {status}", { status: request.status }), ...request.response, status: request.status }));
    });
    request.send(form);
  });
}

export function save(content, name) {
  const url = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** Ask for a file by a JSON body, and put it with the downloads. */
export async function download(url, body, name) {
  let answer;
  try {
    answer = await fetch(url, {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
    });
  } catch {
    throw new Problem({ ...UNREACHABLE, status: 0 });
  }
  if (!answer.ok) throw new Problem({ ...(await answer.json().catch(() => ({}))), status: answer.status });
  save(await answer.blob(), name);
}

/** Rows as CSV (RFC 4180) that no spreadsheet takes for formulas. */
export function csv(rows) {
  const lines = rows.map((row) => row.map((cell) => cellOf(String(cell))).join(","));
  return new Blob(["\ufeff", lines.join("\r\n")], { type: "text/csv" });
}
