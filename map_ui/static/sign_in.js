import { hasPasskeys, showPasskey } from "./parts/passkey.js";
import { Problem, ask, clear, show } from "./parts/problem.js";
import { t } from "./parts/texts.js";

const form = document.querySelector("form");

const resetForm = document.getElementById("reset");

const missing = (fields) =>
  [
    ["username", t("Enter your user name.")],
    ["password", t("Enter your password.")],
  ]
    .filter(([name]) => !fields[name])
    .map(([field, expected]) => ({ field, expected }));

const asksForCode = (problem) =>
  ["/problems/second-factor-needed", "/problems/wrong-code"].includes(problem.facts.type);

function askForCode(problem) {
  const field = form.querySelector("[data-code]");
  const errors = field.hidden ? [] : [{ field: "code", expected: problem.facts.detail }];
  field.hidden = false;
  show(form, new Problem({ ...problem.facts, errors }));
  form.elements.namedItem("code").select();
}

const CROWDED = new Problem({ title: t("Many are signing in at this moment"), detail: t("Leave this page open: it goes on by itself.") });
const MOST_TURNS = 6;

/** Ask, and once more where a crowd was in the way: it is let in after whoever comes for the first time. */
async function askInTurn(url, body, shownIn) {
  for (let turn = 1; ; turn += 1) {
    try {
      return await ask(url, { method: "POST", body });
    } catch (problem) {
      if (problem.facts?.type !== "/problems/sign-in-crowd" || turn === MOST_TURNS) throw problem;
      show(shownIn, CROWDED);
      await new Promise((goOn) => setTimeout(goOn, problem.facts.retry_after_s * 1000));
      clear(shownIn);
    }
  }
}

const passkey = form.querySelector("[data-passkey]");
passkey.hidden = !hasPasskeys();
passkey.addEventListener("click", async () => {
  clear(form);
  passkey.disabled = true;
  try {
    const asked = await ask(`${form.dataset.api}/passkey/begin`, { method: "POST" });
    const credential = await showPasskey(asked.public_key);
    await ask(`${form.dataset.api}/passkey`, { method: "POST", body: { credential } });
    location.assign(form.dataset.next);
  } catch (problem) {
    if (problem instanceof DOMException) return; // the person has declined
    if (!(problem instanceof Problem)) throw problem;
    show(form, problem);
  } finally {
    passkey.disabled = false;
  }
});

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  clear(form);
  const button = form.querySelector("button");
  const { username, password, code } = Object.fromEntries(new FormData(form));
  const errors = missing({ username: username.trim(), password });
  if (errors.length) {
    show(form, new Problem({ title: t("Something is missing"), errors }));
    return;
  }
  button.disabled = true;
  try {
    const body = { username: username.trim(), password, ...(code.trim() && { code: code.trim() }) };
    await askInTurn(form.dataset.api, body, form);
    location.assign(form.dataset.next);
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    if (asksForCode(problem)) {
      askForCode(problem);
      return;
    }
    show(form, problem);
    form.elements.namedItem("password").select();
  } finally {
    button.disabled = false;
  }
});

/** What the API calls a field, where the form calls it otherwise. */
const RESET_FIELDS = { code: "reset_code", password: "new_password" };

resetForm.addEventListener("submit", async (event) => {
  event.preventDefault();
  clear(form);
  clear(resetForm);
  const username = form.elements.namedItem("username").value.trim();
  if (!username) {
    show(form, new Problem({ title: t("Something is missing"), errors: missing({ username, password: "-" }) }));
    return;
  }
  const { reset_code: code, new_password: password } = Object.fromEntries(new FormData(resetForm));
  try {
    await askInTurn(resetForm.dataset.api, { username, code: code.trim(), password }, resetForm);
    await askInTurn(form.dataset.api, { username, password }, resetForm);
    location.assign(welcome.get("key") ? `/app/#key=${welcome.get("key")}` : form.dataset.next);
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    if (asksForCode(problem)) {
      form.elements.namedItem("password").value = password;
      askForCode(problem);
      return;
    }
    const errors = problem.errors.map((each) => ({ ...each, field: RESET_FIELDS[each.field] ?? each.field }));
    show(resetForm, new Problem({ ...problem.facts, errors }));
  }
});

/** A welcome sheet's QR code brings user name and code, and for an agent the phone's key. */
const welcome = new URLSearchParams(location.hash.slice(1));
if (welcome.get("code")) {
  history.replaceState(null, "", location.pathname + location.search);
  form.elements.namedItem("username").value = welcome.get("user") ?? "";
  resetForm.elements.namedItem("reset_code").value = welcome.get("code");
  resetForm.closest("details").open = true;
  resetForm.elements.namedItem("new_password").focus();
}
