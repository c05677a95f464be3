/** The tokens as colors a canvas understands, read again whenever the look changes. */

const NAMES = [
  "ground", "surface", "surface-2", "line", "ink", "ink-2", "ink-3", "accent", "on-accent",
  "planned", "visiting", "verified", "probable", "missed",
  "visiting-wash", "missed-wash", "planned-wash", "pace-1", "pace-2", "pace-3", "pace-4", "pace-5",
];

export const palette = {};
const listeners = new Set();

/** Called after every change of look or letters, with the palette already new. */
export const onLook = (listener) => listeners.add(listener);

export function isDark() {
  const chosen = document.documentElement.dataset.look;
  return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

export function readPalette() {
  // Only a real property resolves light-dark(); a custom one keeps it as text.
  const probe = document.createElement("span");
  document.body.append(probe);
  for (const name of NAMES) {
    probe.style.color = `var(--${name})`;
    palette[name] = getComputedStyle(probe).color;
  }
  probe.remove();
  for (const listener of listeners) listener();
}

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", readPalette);
// Letters that the browser fetches when they are first shown (parts/fonts.css) change what is drawn, too.
document.fonts.addEventListener("loadingdone", readPalette);
