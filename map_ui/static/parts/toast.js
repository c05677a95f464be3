/** Say in passing that something was done, or could not be. */

const STAYS_MS = 6000;

export function toast(words, { problem = false } = {}) {
  const place = document.getElementById("toasts");
  const note = document.createElement("p");
  note.className = problem ? "toast problem" : "toast";
  note.textContent = words;
  place.append(note);
  setTimeout(() => note.remove(), STAYS_MS);
}
