/** Buttons that open and close the page's dialogs. A button's `data-with` (a JSON object) says what
 * its sheet is about: for `{name}`s of its form's `data-api`, and for `[data-of=name]`s in it. */

const TEMPLATES = new WeakMap();

function about(sheet, values) {
  const form = sheet.querySelector("form[data-api]");
  if (form) {
    if (!TEMPLATES.has(form)) TEMPLATES.set(form, form.dataset.api);
    form.dataset.api = TEMPLATES.get(form).replace(/\{(\w+)\}/g, (whole, name) => (name in values ? encodeURIComponent(values[name]) : whole));
  }
  for (const place of sheet.querySelectorAll("[data-of]")) place.textContent = values[place.dataset.of] ?? "";
  for (const [name, value] of Object.entries(values)) {
    const field = form?.elements.namedItem(name);
    if (field) field.value = value;
  }
}

export function wireSheets(root) {
  for (const button of root.querySelectorAll("[data-opens]")) {
    button.addEventListener("click", () => {
      const sheet = document.getElementById(button.dataset.opens);
      if (button.dataset.with) about(sheet, JSON.parse(button.dataset.with));
      sheet.showModal();
      sheet.querySelector(".body :is(input, select, textarea)")?.focus();
    });
  }
  for (const button of root.querySelectorAll("[data-closes]")) {
    button.addEventListener("click", () => button.closest("dialog").close());
  }
  // What was shown there once has changed the page behind it.
  for (const sheet of root.querySelectorAll("dialog[data-reloads]")) {
    sheet.addEventListener("close", () => location.reload());
  }
}
