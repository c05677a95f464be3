/** Put a text on the clipboard, and say so. */

import { toast } from "./toast.js";

export async function copyText(text, words) {
  try {
    await navigator.clipboard.writeText(text);
    toast(words);
  } catch {
    // Without HTTPS browsers have no clipboard for pages.
    toast(`Copy it by hand: ${text}`, { problem: true });
  }
}
