"""What goes on in a proceeding: hearings are set and noted, and money is spent."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from collection.legal import store
from collection.legal.errors import (
    HearingNoted,
    HearingNotFound,
    LegalCaseClosed,
    LegalCaseNotFound,
)
from collection.legal.legal_case import Cost, Hearing, check_heard, check_past
from core.clock import local_day
from core.errors import IdReused, InvalidField
from core.ids import new_id
from core.said import say
from data.session import Session


@dataclass(frozen=True, slots=True)
class NextHearing:
    """The day to which a hearing was put off, and for what."""

    heard_on: date
    purpose: str


async def set_hearing(
    session: Session,
    legal_case_id: UUID,
    hearing: Hearing,
    by: UUID,
    body_hash: bytes,
    now: datetime,
) -> None:
    """Keep the day of a hearing. The same again changes nothing.

    Raises `LegalCaseNotFound`, `LegalCaseClosed`, `IdReused`, or `InvalidField` for a day that has
    one.
    """
    await _open(session, legal_case_id)
    if await store.is_known(session, "legal_hearing", hearing.id, body_hash):
        return
    if not await store.add_hearing(session, legal_case_id, hearing, by, body_hash, now):
        if await store.has_hearing_on(session, legal_case_id, hearing.heard_on):
            raise InvalidField("heard_on", say("a day without a hearing of this legal case"))
        raise IdReused("hearing", str(hearing.id))


async def note_hearing(
    session: Session,
    hearing_id: UUID,
    outcome: str,
    following: NextHearing | None,
    by: UUID,
    now: datetime,
) -> None:
    """Say what came of a hearing, and when the next one is.

    Raises `HearingNotFound`, `HearingNoted`, `LegalCaseClosed` or `InvalidField`.
    """
    found = await store.hearing(session, hearing_id)
    if found is None:
        raise HearingNotFound(str(hearing_id))
    legal_case = await _open(session, found.legal_case_id)
    next_on = following.heard_on if following else None
    check_heard(found.heard_on, next_on, local_day(now, legal_case.zone))
    if not await store.note_hearing(session, hearing_id, outcome, by, now):
        raise HearingNoted(str(hearing_id))
    if following:
        # A day that has a hearing already is the next one.
        later = Hearing(new_id(), following.heard_on, following.purpose, None)
        await store.add_hearing(session, found.legal_case_id, later, by, b"", now)


async def record_cost(
    session: Session,
    legal_case_id: UUID,
    cost: Cost,
    by: UUID,
    body_hash: bytes,
    now: datetime,
) -> None:
    """Keep what was spent; bills come after the end, too. The same again changes nothing.

    Raises `LegalCaseNotFound`, `IdReused` or `InvalidField`.
    """
    legal_case = await store.locked(session, legal_case_id)
    if legal_case is None:
        raise LegalCaseNotFound(str(legal_case_id))
    if await store.is_known(session, "legal_cost", cost.id, body_hash):
        return
    check_past("spent_on", cost.spent_on, local_day(now, legal_case.zone))
    if cost.amount.currency != legal_case.currency:
        raise InvalidField(
            "amount.currency",
            say("{currency}, the account's currency", currency=legal_case.currency),
        )
    if not await store.add_cost(session, legal_case_id, cost, by, body_hash, now):
        raise IdReused("legal cost", str(cost.id))


async def _open(session: Session, legal_case_id: UUID) -> store.AtLaw:
    found = await store.locked(session, legal_case_id)
    if found is None:
        raise LegalCaseNotFound(str(legal_case_id))
    if found.is_closed:
        raise LegalCaseClosed(str(legal_case_id))
    return found
