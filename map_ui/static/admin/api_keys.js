/** A program's new key, shown once, goes to the clipboard. */

import { copyText } from "../parts/copy.js";
import { t } from "../parts/texts.js";

document.getElementById("copy-key")?.addEventListener("click", () => {
  copyText(document.getElementById("new-key").textContent, t("The key is on the clipboard"));
});
