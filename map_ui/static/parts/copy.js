/** Put a text on the clipboard, and say so. */

import { t } from "./texts.js";
import { toast } from "./toast.js";

export async function copyText(text, words) {
  try {
    await navigator.clipboard.writeText(text);
    toast(words);
  } catch {
    // Without HTTPS browsers have no clipboard for pages.
    toast(t("Copy it by hand: {text}", { text }), { problem: true });
  }
}
