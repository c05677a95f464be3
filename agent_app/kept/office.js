/** The office's telephone, as the last day told it. It is kept in the open, beside the database: it is needed most where that
 * is locked, erased, or cannot be opened (opening.js). */

const NAME = "roundsman-office";

/** The number to dial; null where the office has set none. */
export const officePhone = () => localStorage.getItem(NAME);

export function keepOfficePhone(phone) {
  if (phone) localStorage.setItem(NAME, phone);
  else localStorage.removeItem(NAME);
}
