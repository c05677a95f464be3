/** What each maker's phones need so that they leave an app alone. Pure: text in, steps out. */

/** Steps are [where, what]: a way through menus, and the **word** to look for there. */
const ALWAYS = ["Settings → Apps → the tracking app → Permissions → **Location**", "Choose “Allow all the time” and switch “precise location” on."];
const UNRESTRICTED = ["Settings → Apps → the tracking app → **Battery**", "Choose “Unrestricted”."];
const RECENT = "Open the app, then the list of **recent apps**";
const NO_SAVER = ["Settings → Battery → **Battery Saver**", "Switch it off, and see that it does not come on by a schedule."];
const AWAKE = ["Settings → Apps → the tracking app → **Pause app activity**", "Switch off pausing (or “remove permissions”) when the app is not used."];

export const MAKERS = {
  xiaomi: {
    name: "Xiaomi, Redmi, POCO",
    model: /xiaomi|redmi|poco|\bmi \d|\bM2\d{3}[A-Z]\w+|\b2\d{3}[0-9A-Z]{4,8}\b/i,
    steps: [
      ["Settings → Apps → Manage apps → the tracking app → **Battery saver**", "Choose “No restrictions”."],
      ["On the same page: **Autostart**", "Switch it on."],
      ALWAYS,
      [RECENT, "Hold the app's card and tap the padlock."],
      ["Restart the phone", "Check that the tracking app has started by itself."],
    ],
  },
  samsung: {
    name: "Samsung",
    model: /samsung|\bSM-[A-Z]|\bGT-[A-Z]/i,
    steps: [
      UNRESTRICTED,
      ["Settings → Battery → Background usage limits → **Never sleeping apps**", "Add the tracking app."],
      ["On the same page: **Deep sleeping apps** and “Sleeping apps”", "Take the tracking app off both lists."],
      ALWAYS,
      ["Settings → Battery → **Power saving**", "Switch it off."],
    ],
  },
  oppo: {
    name: "Oppo, realme, OnePlus",
    model: /oppo|realme|oneplus|\bCPH\d{4}|\bRMX\d{4}|\b(?:IN|KB|LE|NE|DN)2\d{3}\b/i,
    steps: [
      ["Settings → Apps → the tracking app → **Battery usage**", "Allow background activity and auto launch."],
      ["Settings → Apps → **Auto launch**", "Switch the tracking app on."],
      ["Settings → Battery → More settings → **Optimize battery use**", "Choose “Don't optimize” for the tracking app."],
      [RECENT, "Open the menu on the app's card and choose “Lock”."],
      ALWAYS,
    ],
  },
  vivo: {
    name: "vivo, iQOO",
    model: /vivo|iqoo|\bV2\d{3}[A-Z]*\b|\bI2\d{3}\b/i,
    steps: [
      ["Settings → Battery → **Background power consumption**", "Choose “Don't restrict” for the tracking app."],
      ["Settings → Apps → **Autostart**", "Switch the tracking app on."],
      [RECENT, "Open the menu on the app's card and choose “Lock”."],
      ALWAYS,
    ],
  },
  huawei: {
    name: "Huawei, Honor",
    model: /huawei|honor|\b[A-Z]{3}-(?:AL|AN|L|LX|N|NX|TL)\d/i,
    steps: [
      ["Settings → Battery → **App launch**", "Switch “manage automatically” off for the tracking app."],
      ["In the window that opens", "Leave all three on: auto-launch, secondary launch, run in background."],
      [RECENT, "Pull the app's card down until a padlock shows."],
      ALWAYS,
      ["Settings → Battery → **Power saving mode**", "Switch it off."],
    ],
  },
  transsion: {
    name: "Tecno, Infinix, itel",
    model: /tecno|infinix|\bitel\b/i,
    steps: [
      ["Phone Master → **Auto-start** management", "Switch the tracking app on."],
      ["Settings → Battery → **Power Marathon** or Battery Lab", "Switch it off, or leave the tracking app out."],
      UNRESTRICTED,
      [RECENT, "Open the menu on the app's card and choose “Lock”."],
      ALWAYS,
    ],
  },
  motorola: {
    name: "Motorola",
    model: /motorola|\bmoto\b|\bXT\d{4}/i,
    steps: [UNRESTRICTED, ALWAYS, AWAKE, NO_SAVER],
  },
  nokia: {
    name: "Nokia, HMD",
    model: /nokia|\bHMD\b|\bTA-1\d{3}/i,
    steps: [
      UNRESTRICTED,
      ["Settings → Battery → **Adaptive Battery**", "Switch it off."],
      ALWAYS,
      NO_SAVER,
    ],
  },
  pixel: {
    name: "Google Pixel",
    model: /\bpixel\b/i,
    steps: [
      ["Settings → Apps → the tracking app → **App battery usage**", "Choose “Unrestricted”."],
      ALWAYS,
      AWAKE,
      NO_SAVER,
    ],
  },
  iphone: {
    name: "iPhone",
    model: /iphone|ipad/i,
    steps: [
      ["Settings → the tracking app → **Location**", "Choose “Always” and switch “Precise Location” on."],
      ["Settings → General → **Background App Refresh**", "Switch it on for the tracking app."],
      ["Settings → Battery → **Low Power Mode**", "Switch it off."],
      ["The app switcher", "Never swipe the tracking app away: that ends it until it is opened again."],
    ],
  },
  other: {
    name: "Another Android phone",
    model: /(?!)/,
    steps: [UNRESTRICTED, ALWAYS, AWAKE, NO_SAVER, [RECENT, "Lock the app's card, if the phone offers that."]],
  },
};

/** The key of `MAKERS` that a browser's description of its phone fits best. */
export const guess = (description) =>
  Object.keys(MAKERS).find((key) => MAKERS[key].model.test(description)) ?? "other";

/** A text cut at its **bold** words: [plain, bold, plain, …]. */
export const parts = (text) => text.split("**");
