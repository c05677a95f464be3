/** What the agent's way and month are worth, by the server's figures. */

import { instant } from "../kept/clock.js";
import { keep, value } from "../kept/database.js";
import { ask } from "./api.js";

/** Ask for them, and keep them; where no answer comes, what was known stays. */
export async function downloadEarnings() {
  const session = await value("session");
  if (!session || session.is_over) return;
  const { status, body } = await ask("/v1/agent/earnings", { token: session.token });
  if (status === 200) await keep("earnings", { ...body, as_of: instant() });
}
