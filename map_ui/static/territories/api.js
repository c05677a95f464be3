/** The questions of this page, and what it has done. */

import { Problem, ask } from "../parts/problem.js";
import { t } from "../parts/texts.js";

async function call(url, options) {
  try {
    return await ask(url, options);
  } catch (problem) {
    if (problem instanceof Problem && problem.status === 401) {
      const signIn = document.querySelector("[data-sign-in]").dataset.signIn;
      location.assign(`${signIn}?next=${encodeURIComponent(location.pathname)}`);
    }
    throw problem;
  }
}

const branch = (code) => `/v1/branches/${encodeURIComponent(code)}`;
const territory = (at, code) => `${branch(at)}/territories/${encodeURIComponent(code)}`;
const proposal = (id) => `/v1/territory-proposals/${encodeURIComponent(id)}`;

export const branches = () => call("/v1/branches");
export const standing = (at) => call(`${branch(at)}/territories.geojson`);
export const casePoints = async (at) => (await call(`${branch(at)}/case-points`)).points;
export const exportUrl = (at) => `${branch(at)}/territories.geojson`;
export const put = (at, code, body) => call(territory(at, code), { method: "PUT", body });
export const end = (at, code) => call(territory(at, code), { method: "DELETE" });
export const propose = (at, body) => call(`${branch(at)}/territory-proposals`, { method: "POST", body });
export const publish = (id) => call(`${proposal(id)}/publish`, { method: "POST" });
export const discard = (id) => call(`${proposal(id)}/discard`, { method: "POST" });

/** Send a file as it is: GeoJSON, or a CSV of pin codes. What can be is imported. */
export async function importFile(at, file) {
  const isCsv = /\.(csv|txt)$/i.test(file.name);
  const url = `${branch(at)}/territories/${isCsv ? "import-pincodes" : "import"}?mode=each`;
  const type = isCsv ? "text/csv" : "application/geo+json";
  const answer = await fetch(url, { method: "POST", body: file, headers: { "Content-Type": type } });
  const value = await answer.json().catch(() => null);
  if (answer.ok) return value;
  throw new Problem({ title: t("The server answered {status}", { status: answer.status }), ...value, status: answer.status });
}
