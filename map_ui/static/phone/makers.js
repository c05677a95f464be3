/** What each maker's phones need so that they leave an app alone. Pure: text in, steps out. */

import { t } from "../parts/texts.js";

/** Steps are [where, what]: a way through menus, and the **word** to look for there. */
const ALWAYS = [t("Settings → Apps → the tracking app → Permissions → **Location**"), t("Choose “Allow all the time” and switch “precise location” on.")];
const UNRESTRICTED = [t("Settings → Apps → the tracking app → **Battery**"), t("Choose “Unrestricted”.")];
const RECENT = t("Open the app, then the list of **recent apps**");
const NO_SAVER = [t("Settings → Battery → **Battery Saver**"), t("Switch it off, and see that it does not come on by a schedule.")];
const AWAKE = [t("Settings → Apps → the tracking app → **Pause app activity**"), t("Switch off pausing (or “remove permissions”) when the app is not used.")];

export const MAKERS = {
  xiaomi: {
    name: t("Xiaomi, Redmi, POCO"),
    model: /xiaomi|redmi|poco|\bmi \d|\bM2\d{3}[A-Z]\w+|\b2\d{3}[0-9A-Z]{4,8}\b/i,
    steps: [
      [t("Settings → Apps → Manage apps → the tracking app → **Battery saver**"), t("Choose “No restrictions”.")],
      [t("On the same page: **Autostart**"), t("Switch it on.")],
      ALWAYS,
      [RECENT, t("Hold the app's card and tap the padlock.")],
      [t("Restart the phone"), t("Check that the tracking app has started by itself.")],
    ],
  },
  samsung: {
    name: t("Samsung"),
    model: /samsung|\bSM-[A-Z]|\bGT-[A-Z]/i,
    steps: [
      UNRESTRICTED,
      [t("Settings → Battery → Background usage limits → **Never sleeping apps**"), t("Add the tracking app.")],
      [t("On the same page: **Deep sleeping apps** and “Sleeping apps”"), t("Take the tracking app off both lists.")],
      ALWAYS,
      [t("Settings → Battery → **Power saving**"), t("Switch it off.")],
    ],
  },
  oppo: {
    name: t("Oppo, realme, OnePlus"),
    model: /oppo|realme|oneplus|\bCPH\d{4}|\bRMX\d{4}|\b(?:IN|KB|LE|NE|DN)2\d{3}\b/i,
    steps: [
      [t("Settings → Apps → the tracking app → **Battery usage**"), t("Allow background activity and auto launch.")],
      [t("Settings → Apps → **Auto launch**"), t("Switch the tracking app on.")],
      [t("Settings → Battery → More settings → **Optimize battery use**"), t("Choose “Don't optimize” for the tracking app.")],
      [RECENT, t("Open the menu on the app's card and choose “Lock”.")],
      ALWAYS,
    ],
  },
  vivo: {
    name: "vivo, iQOO",
    model: /vivo|iqoo|\bV2\d{3}[A-Z]*\b|\bI2\d{3}\b/i,
    steps: [
      [t("Settings → Battery → **Background power consumption**"), t("Choose “Don't restrict” for the tracking app.")],
      [t("Settings → Apps → **Autostart**"), t("Switch the tracking app on.")],
      [RECENT, t("Open the menu on the app's card and choose “Lock”.")],
      ALWAYS,
    ],
  },
  huawei: {
    name: t("Huawei, Honor"),
    model: /huawei|honor|\b[A-Z]{3}-(?:AL|AN|L|LX|N|NX|TL)\d/i,
    steps: [
      [t("Settings → Battery → **App launch**"), t("Switch “manage automatically” off for the tracking app.")],
      [t("In the window that opens"), t("Leave all three on: auto-launch, secondary launch, run in background.")],
      [RECENT, t("Pull the app's card down until a padlock shows.")],
      ALWAYS,
      [t("Settings → Battery → **Power saving mode**"), t("Switch it off.")],
    ],
  },
  transsion: {
    name: t("Tecno, Infinix, itel"),
    model: /tecno|infinix|\bitel\b/i,
    steps: [
      [t("Phone Master → **Auto-start** management"), t("Switch the tracking app on.")],
      [t("Settings → Battery → **Power Marathon** or Battery Lab"), t("Switch it off, or leave the tracking app out.")],
      UNRESTRICTED,
      [RECENT, t("Open the menu on the app's card and choose “Lock”.")],
      ALWAYS,
    ],
  },
  motorola: {
    name: t("Motorola"),
    model: /motorola|\bmoto\b|\bXT\d{4}/i,
    steps: [UNRESTRICTED, ALWAYS, AWAKE, NO_SAVER],
  },
  nokia: {
    name: t("Nokia, HMD"),
    model: /nokia|\bHMD\b|\bTA-1\d{3}/i,
    steps: [
      UNRESTRICTED,
      [t("Settings → Battery → **Adaptive Battery**"), t("Switch it off.")],
      ALWAYS,
      NO_SAVER,
    ],
  },
  pixel: {
    name: t("Google Pixel"),
    model: /\bpixel\b/i,
    steps: [
      [t("Settings → Apps → the tracking app → **App battery usage**"), t("Choose “Unrestricted”.")],
      ALWAYS,
      AWAKE,
      NO_SAVER,
    ],
  },
  iphone: {
    name: "iPhone",
    model: /iphone|ipad/i,
    steps: [
      [t("Settings → the tracking app → **Location**"), t("Choose “Always” and switch “Precise Location” on.")],
      [t("Settings → General → **Background App Refresh**"), t("Switch it on for the tracking app.")],
      [t("Settings → Battery → **Low Power Mode**"), t("Switch it off.")],
      [t("The app switcher"), t("Never swipe the tracking app away: that ends it until it is opened again.")],
    ],
  },
  other: {
    name: t("Another Android phone"),
    model: /(?!)/,
    steps: [UNRESTRICTED, ALWAYS, AWAKE, NO_SAVER, [RECENT, t("Lock the app's card, if the phone offers that.")]],
  },
};

/** The key of `MAKERS` that a browser's description of its phone fits best. */
export const guess = (description) =>
  Object.keys(MAKERS).find((key) => MAKERS[key].model.test(description)) ?? "other";

/** A text cut at its **bold** words: [plain, bold, plain, …]. */
export const parts = (text) => text.split("**");
