/** The account page: passkeys, the second factor, the password, and where one is signed in. */

import { html } from "../vendor/lit-html/lit-html.js";
import { draw } from "../parts/draw.js";
import { hasPasskeys, makePasskey } from "../parts/passkey.js";
import { Problem, ask, show } from "../parts/problem.js";
import { t } from "../parts/texts.js";
import { toast } from "../parts/toast.js";
import { lookToggle } from "../live/look_toggle.js";
import { signOutButton } from "../live/sign_out.js";
import { exactTime, moment, useZone } from "../live/times.js";
import { attempt } from "./attempt.js";
import { showSecondFactor } from "./second_factor.js";

const place = (id) => document.getElementById(id);
useZone(document.querySelector("[data-zone]").dataset.zone);
const when = (instant) => html`<time datetime=${instant} title=${exactTime(instant)}>${moment(instant)}</time>`;

const line = (name, more, act, word) => html`<li>
  <p class="name">${name}</p>
  <p class="quiet">${more}</p>
  ${act && html`<button class="button small" type="button" aria-label=${`${word}: ${name}`} @click=${act}>${word}</button>`}
</li>`;

async function showPasskeys() {
  const { items } = await ask("/v1/me/passkeys");
  const lines = items.map((key) => {
    const used = key.last_used_at ? html`${t("last used {time}", { time: when(key.last_used_at) })}` : t("not used yet");
    return line(key.name, t("Added {time}, {used}", { time: when(key.added_at), used }), () => takeAway(key), t("Remove"));
  });
  draw(place("passkeys"), lines.length ? html`${lines}` : html`<li class="quiet">${t("You have none yet.")}</li>`);
}

const takeAway = (key) =>
  attempt(async () => {
    await ask(`/v1/me/passkeys/${key.id}`, { method: "DELETE" });
    toast(t("Removed: {name}", { name: key.name }));
    await showPasskeys();
  });

async function showSessions() {
  const { items } = await ask("/v1/me/sessions");
  const lines = items.map((one) => {
    const end = one.is_this ? null : () => endSession(one);
    const more = html`${one.address ?? ""} ${t("since {time}", { time: when(one.issued_at) })}`;
    return line(one.is_this ? t("Here") : browser(one.client), more, end, t("Sign out"));
  });
  draw(place("sessions"), html`${lines}`);
}

/** What people call the browser that calls itself so. */
function browser(client) {
  const found = /(Edg|OPR|Firefox|Chrome|Safari)\//.exec(client ?? "");
  const names = { Edg: "Edge", OPR: "Opera" };
  return found ? (names[found[1]] ?? found[1]) : t("Another program");
}

const endSession = (one) =>
  attempt(async () => {
    await ask(`/v1/me/sessions/${one.id}`, { method: "DELETE" });
    toast(t("Signed out there"));
    await showSessions();
  });

place("add-passkey").addEventListener("submit", (event) => {
  event.preventDefault();
  const form = event.currentTarget;
  attempt(async () => {
    const { name, password } = Object.fromEntries(new FormData(form));
    const errors = [
      ...(name.trim() ? [] : [{ field: "name", expected: t("Such as: my phone.") }]),
      ...(password ? [] : [{ field: "password", expected: t("Enter your password.") }]),
    ];
    if (errors.length) throw new Problem({ title: t("Something is missing"), errors });
    const asked = await ask("/v1/me/passkeys/begin", { method: "POST", body: { password } });
    const credential = await makePasskey(asked.public_key);
    await ask("/v1/me/passkeys", { method: "POST", body: { name: name.trim(), credential } });
    form.reset();
    toast(t("Added. From now on you can sign in with it."));
    await showPasskeys();
  }, form);
});

place("change-password").addEventListener("submit", (event) => {
  event.preventDefault();
  const form = event.currentTarget;
  attempt(async () => {
    const body = Object.fromEntries(new FormData(form));
    const errors = Object.entries(body)
      .filter(([, value]) => !value)
      .map(([field]) => ({ field, expected: t("Enter it here.") }));
    if (errors.length) throw new Problem({ title: t("Something is missing"), errors });
    const { ended } = await ask("/v1/me/password", { method: "PUT", body });
    form.reset();
    toast(ended ? t("Changed. You are signed out everywhere else.") : t("Changed."));
    await showSessions();
  }, form);
});

/** The languages there are, each by its own name; the chosen one stands there. */
async function showLanguages() {
  const { language, languages } = await ask("/v1/me/language");
  const choice = place("language");
  for (const [code, name] of Object.entries(languages)) choice.add(new Option(name, code));
  choice.value = language ?? "";
}

place("choose-language").addEventListener("submit", (event) => {
  event.preventDefault();
  attempt(async () => {
    await ask("/v1/me/language", { method: "PUT", body: { language: place("language").value || null } });
    location.reload();
  }, event.currentTarget);
});

lookToggle(place("look"));
signOutButton(place("sign-out"));
if (!hasPasskeys()) {
  const form = place("add-passkey");
  form.querySelector("button").disabled = true;
  show(form, new Problem({ title: t("This browser has no passkeys here"), detail: t("They need HTTPS.") }));
}
attempt(async () => {
  await Promise.all([showPasskeys(), showSecondFactor(), showSessions(), showLanguages()]);
});
