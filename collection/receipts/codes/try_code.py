"""Look at the code that came with a cash receipt."""

from datetime import datetime
from uuid import UUID

from collection.receipts.codes import store
from collection.receipts.codes.code import MISSING, WRONG, hash_code, is_well_formed
from core.errors import InvalidField
from core.said import say
from data.alerts import raise_alert
from data.session import Session

EXPECTED = say("the 6 digits of the customer's message; one of these is mistyped")


async def try_code(
    session: Session,
    branch_id: UUID,
    case_id: UUID,
    agent_id: UUID,
    receipt_id: UUID,
    code: str | None,
    taken_at: datetime,
    now: datetime,
    *,
    is_offline: bool,
) -> str:
    """The flag that a receipt gets for its code: confirmed, wrong or missing.

    Cash is real whatever its code, so nothing is refused, but for a slip of the finger while there
    is somebody to correct it: raises `InvalidField` for that. A wrong one is told to the branch.
    """
    if code is None:
        return MISSING
    if not is_well_formed(code) and not is_offline:
        raise InvalidField("one_time_code", EXPECTED)
    flag = await store.use(session, case_id, hash_code(case_id, code), receipt_id, taken_at)
    if flag == WRONG:
        await raise_alert(
            session, branch_id, "cash_code", receipt_id, say("Cash was taken with a wrong code"),
            say("Ask the customer whether they paid, and how much"), now,
            agent_id=agent_id, case_id=case_id,
        )  # fmt: skip
    return flag
