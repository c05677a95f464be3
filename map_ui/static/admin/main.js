/** What every page of administration does: its sheets open, its forms are sent, its lists narrow. */

import { lookToggle } from "../live/look_toggle.js";
import { signOutButton } from "../live/sign_out.js";
import { toast } from "../parts/toast.js";
import { takeNote, wireForms } from "./forms.js";
import { wireNarrowing } from "./narrow.js";
import { wireSheets } from "./sheets.js";

lookToggle(document.getElementById("look"));
signOutButton(document.getElementById("sign-out"));
wireSheets(document);
wireForms(document);
wireNarrowing();
const note = takeNote();
if (note) toast(note);
// The section that one is in stands in sight where they lie in a line.
document.querySelector(".sections [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
document.documentElement.dataset.ready = "";
