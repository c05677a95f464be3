"""Put a proceeding on record, and close it: while it lasts the customer may be left alone."""

from datetime import datetime
from uuid import UUID

from collection.errors import CaseNotFound
from collection.gate.kinds import HoldKind
from collection.gate.records.leave_alone import NewHold, record_hold
from collection.gate.records.store import lift_hold
from collection.legal import store
from collection.legal.errors import LegalCaseClosed, LegalCaseNotFound
from collection.legal.legal_case import LegalOutcome, NewLegalCase, check_past
from core.clock import local_day
from core.errors import IdReused
from data.session import Session


async def open_legal_case(
    session: Session, new: NewLegalCase, by: UUID, body_hash: bytes, now: datetime
) -> None:
    """Keep a proceeding; with its hold no contact about the account is allowed from today on.

    The same again changes nothing. Raises `CaseNotFound`, `InvalidField` or `IdReused`.
    """
    case = await store.case_at_law(session, new.case_id)
    if case is None:
        raise CaseNotFound(str(new.case_id))
    if await store.is_known(session, "legal_case", new.id, body_hash):
        return
    today = local_day(now, case.zone)
    check_past("filed_on", new.filed_on, today)
    hold_id = None
    if new.holds_contact:
        hold = NewHold(HoldKind.LEGAL, today, None, new.reference or "", case.account_id)
        hold_id = await record_hold(session, case.customer_id, hold, by, now)
    if not await store.add_case(session, case.branch_id, new, hold_id, by, body_hash, now):
        raise IdReused("legal case", str(new.id))


async def close_legal_case(
    session: Session,
    legal_case_id: UUID,
    outcome: LegalOutcome,
    reason: str,
    by: UUID,
    now: datetime,
) -> None:
    """Say how it ended; its hold is lifted. Raises `LegalCaseNotFound` or `LegalCaseClosed`."""
    found = await store.locked(session, legal_case_id)
    if found is None:
        raise LegalCaseNotFound(str(legal_case_id))
    if found.is_closed:
        raise LegalCaseClosed(str(legal_case_id))
    await store.close(session, legal_case_id, outcome, reason, by, now)
    if found.hold_id:
        # One that somebody lifted before stays as it is.
        await lift_hold(session, found.hold_id, by, now)
