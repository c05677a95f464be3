/** A replay in the page's address, so that it can be sent to somebody. Pure. */

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** `{agentId, day, at}` of an address's query, or null; `at` is the moment in milliseconds since 1970, or null. */
export function readAddress(search) {
  const asked = new URLSearchParams(search);
  const agentId = asked.get("replay");
  if (!agentId) return null;
  const day = DAY.test(asked.get("day") ?? "") ? asked.get("day") : null;
  const at = Date.parse(asked.get("at") ?? "");
  return { agentId, day, at: Number.isNaN(at) ? null : at };
}

/** The query that leads to this replay at this moment. */
export function addressOf({ agentId, day, at }) {
  const moment = new Date(at).toISOString().replace(/\.\d+/, "");
  return `?${new URLSearchParams({ replay: agentId, day, at: moment })}`.replaceAll("%3A", ":");
}
