import { Problem, ask, clear, show } from "./parts/problem.js";

const form = document.querySelector("form");

const missing = (fields) =>
  [
    ["username", "Enter your user name."],
    ["password", "Enter your password."],
  ]
    .filter(([name]) => !fields[name])
    .map(([field, expected]) => ({ field, expected }));

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  clear(form);
  const button = form.querySelector("button");
  const { username, password } = Object.fromEntries(new FormData(form));
  const errors = missing({ username: username.trim(), password });
  if (errors.length) {
    show(form, new Problem({ title: "Something is missing", errors }));
    return;
  }
  button.disabled = true;
  try {
    await ask(form.dataset.api, { method: "POST", body: { username: username.trim(), password } });
    location.assign(form.dataset.next);
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    show(form, problem);
    form.elements.namedItem("password").select();
  } finally {
    button.disabled = false;
  }
});
