/** What the pages of cases ask of the server, and the few things they do. */

import { Problem, ask } from "../parts/problem.js";
import { idempotencyKey, signInUrl } from "../live/api.js";

async function call(url, options) {
  try {
    return await ask(url, options);
  } catch (problem) {
    if (problem instanceof Problem && problem.status === 401) {
      location.assign(`${signInUrl()}?next=${encodeURIComponent(location.pathname + location.search)}`);
    }
    throw problem;
  }
}

const part = encodeURIComponent;
const cursor = (value) => (value ? `&cursor=${part(value)}` : "");

/** `filters` is a URLSearchParams of what the page's own address says. */
export const cases = (filters, behind) => call(`/v1/cases?${filters}${filters.size ? "&" : ""}limit=50${cursor(behind)}`);
export const theCase = (id) => call(`/v1/cases/${part(id)}`);
export const timeline = (id, behind) => call(`/v1/cases/${part(id)}/timeline?limit=30${cursor(behind)}`);
export const customer = (id) => call(`/v1/customers/${part(id)}`);
/** What to dial to call a case's customer. */
export const callTo = (caseId, contactId) =>
  call(`/v1/cases/${part(caseId)}/call`, { method: "POST", body: { contact_id: contactId }, told: "location" });
export const attachment = (id) => `/v1/attachments/${part(id)}`;

const lists = new Map();

/** The list of values of a topic that holds in a branch; asked for once. */
export function values(branch, topic) {
  const key = `${branch} ${topic}`;
  if (!lists.has(key)) {
    const asked = call(`/v1/branches/${part(branch)}/value-lists/${topic}`);
    lists.set(key, asked);
    asked.catch(() => lists.delete(key));
  }
  return lists.get(key);
}

export const note = (id, body) => call(`/v1/dispositions/${id}`, { method: "PUT", body });
export const explain = (id, body) => call(`/v1/root-causes/${id}`, { method: "PUT", body });
export const addContact = (customerId, body) => call(`/v1/customers/${part(customerId)}/contacts`, { method: "POST", body });
export const verifyContact = (id) => call(`/v1/contacts/${part(id)}/verify`, { method: "POST" });
export const endContact = (id, body) => call(`/v1/contacts/${part(id)}/end`, { method: "POST", body });
export const tagNumber = (customerId, body) => call(`/v1/customers/${part(customerId)}/number-tags`, { method: "POST", body });
export const setNext = (caseId, body) => call(`/v1/cases/${part(caseId)}/next-action`, { method: "PUT", body });
export const setStage = (caseId, body) =>
  call(`/v1/cases/${part(caseId)}/stage`, { method: "POST", body, headers: { "Idempotency-Key": idempotencyKey() } });

export const plans = (caseId) => call(`/v1/cases/${part(caseId)}/arrears-plans`);
export const offerPlan = (id, body) => call(`/v1/arrears-plans/${id}`, { method: "PUT", body });
export const acceptPlan = (id) => call(`/v1/arrears-plans/${part(id)}/accept`, { method: "POST" });
export const declinePlan = (id, body) => call(`/v1/arrears-plans/${part(id)}/decline`, { method: "POST", body });
export const endPlan = (id, body) => call(`/v1/arrears-plans/${part(id)}/end`, { method: "POST", body });

export const legalCases = (caseId) => call(`/v1/cases/${part(caseId)}/legal-cases`);
export const openLegal = (id, body) => call(`/v1/legal-cases/${id}`, { method: "PUT", body });
export const closeLegal = (id, body) => call(`/v1/legal-cases/${part(id)}/close`, { method: "POST", body });
export const setHearing = (id, body) => call(`/v1/legal-hearings/${id}`, { method: "PUT", body });
export const noteHearing = (id, body) => call(`/v1/legal-hearings/${part(id)}/outcome`, { method: "POST", body });
export const recordCost = (id, body) => call(`/v1/legal-costs/${id}`, { method: "PUT", body });
/** `about` is a URLSearchParams of what the document is, `file` the paper itself. */
export const keepDocument = (id, about, file) =>
  call(`/v1/legal-documents/${id}?${about}`, { method: "PUT", content: file, headers: { "Content-Type": file.type || "application/octet-stream" } });
export const legalDocument = (id) => `/v1/legal-documents/${part(id)}`;
/** The hearings of which nobody noted what came, the next first. */
export const hearings = async () => (await call("/v1/legal-hearings?limit=50")).items;

export const links = async (caseId) => (await call(`/v1/payment-links?case_id=${part(caseId)}`)).items;
export const makeLink = (id, body) => call(`/v1/payment-links/${id}`, { method: "PUT", body });
export const withdrawLink = (id) => call(`/v1/payment-links/${part(id)}/withdraw`, { method: "POST" });
export const linkQr = (id) => `/v1/payment-links/${part(id)}/qr.svg`;
/** What would be sent with a link now, and what the contact rules say of it. */
export const linkMessage = (id, channel) => call(`/v1/payment-links/${part(id)}/message?channel=${channel}`);
export const sendLink = (id, channel) => call(`/v1/payment-links/${part(id)}/message`, { method: "POST", body: { channel } });
export const messages = async (caseId) => (await call(`/v1/messages?case_id=${part(caseId)}&limit=20`)).items;
export const resend = (id, channel) => call(`/v1/messages/${part(id)}/resend`, { method: "POST", body: { channel } });
export const receiptPdf = (id) => `/v1/receipts/${part(id)}.pdf`;
export const receiptLink = (id) => call(`/v1/receipts/${part(id)}/link`);
export const evidencePdf = (id) => `/v1/visits/${part(id)}/evidence.pdf`;
