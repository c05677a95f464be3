/** What is asked of the office at a door, while there is a network; nothing of it is a record. */

import { value } from "../kept/database.js";
import { ask } from "./api.js";

const NO_ANSWER = { code: "offline" };

async function asked(path, options) {
  const session = await value("session");
  const { status, body, headers } = await ask(path, { token: session.token, ...options });
  return { isDone: status >= 200 && status < 300, body, headers, problem: status === 0 ? NO_ANSWER : (body ?? { status }) };
}

/** Where the customer can see a receipt: `{url}`, or `{linkProblem}`. */
export async function receiptLink(receiptId) {
  const { isDone, body, problem } = await asked(`/v1/receipts/${receiptId}/link`);
  return isDone ? { url: body.url, linkProblem: null } : { linkProblem: problem };
}

/** What to dial for a case's customer whose number is not told here: `{dial}`, such as "tel:+56912345678", or `{callProblem}`. */
export async function numberToDial(caseId) {
  const { isDone, headers, problem } = await asked(`/v1/cases/${caseId}/call`, { method: "POST", body: {} });
  return isDone ? { dial: headers.get("Location"), callProblem: null } : { callProblem: problem };
}

/** Have a code sent to the customer: `{codeSent}`, or `{codeProblem}`. */
export async function sendCode(caseId) {
  const { isDone, problem } = await asked(`/v1/agent/cases/${caseId}/one-time-code`, { method: "POST" });
  return isDone ? { codeSent: true, codeProblem: null } : { codeProblem: problem };
}

/** Have one of the office's messages sent to the customer: `{messageText}`, or `{messageProblem}`. */
export async function sendMessage(caseId, purpose) {
  const { isDone, body, problem } = await asked(`/v1/agent/cases/${caseId}/message`, { method: "POST", body: { purpose } });
  return isDone ? { messageText: body.text, messageProblem: null } : { messageText: null, messageProblem: problem };
}
