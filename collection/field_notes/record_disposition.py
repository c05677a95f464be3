"""Note what came of a contact, and what comes next."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from collection.errors import CaseNotFound
from collection.field_notes import store
from collection.field_notes.causes.record_cause import Subject, add_cause
from collection.field_notes.disposition import Disposition, asks_promise, check_disposition
from collection.field_notes.next_actions.set_next_action import put_next_action
from collection.field_notes.values.store import value_list
from collection.field_notes.values.value_list import Reaches, Topic
from collection.gate.decisions.decide import Asking, note_made
from collection.gate.facts import Contact
from collection.gate.rule import Channel
from collection.promises.promise import Override, Promise
from collection.promises.promise_to_pay import promise_to_pay
from core.clock import local_day
from core.device_time import EXPECTED, is_plausible
from core.errors import IdReused, InvalidField
from core.ids import new_id
from core.money import Money
from core.said import say
from data.session import Session

CALL = Contact(channel=Channel.CALL)


@dataclass(frozen=True, slots=True)
class Noter:
    """Who notes: a member of staff, an agent in the field or not."""

    staff_id: UUID
    is_agent: bool
    override_reason: str | None = None
    """Why a promise is taken that is beyond the branch's policies, by who may say so."""

    @property
    def agent_id(self) -> UUID | None:
        """The agent, in the field."""
        return self.staff_id if self.is_agent else None


async def record_disposition(
    session: Session, by: Noter, given: Disposition, body_hash: bytes, now: datetime
) -> Disposition:
    """Note a contact once; the same body again gets the same answer.

    A promise given with it is taken down as promises are; a root cause is opened; a call counts
    among the contacts. Of dispositions
    that come in late the newest decides what comes next. Raises `IdReused`, `CaseNotFound`,
    `InvalidField`, `PromiseBeyondTerms`.
    """
    # 1. A repeat is answered as the first time.
    case = await store.lock_case(session, given.case_id)
    if case is None:
        raise CaseNotFound(str(given.case_id))
    known = await store.hash_of(session, given.id)
    if known is not None:
        if known != (body_hash, by.staff_id):
            raise IdReused("disposition", str(given.id))
        return given
    if not is_plausible(given.happened_at, now):
        raise InvalidField("happened_at", EXPECTED)
    # 2. The codes must stand in the list of that day, and what they ask must be said.
    day = local_day(given.happened_at, case.zone)
    values = await value_list(session, case.branch_id, given.channel, day)
    chosen = check_disposition(given, values, day)
    promise_id = await _promised(session, by, given, now) if asks_promise(chosen) else None
    # 3. Keep it, and what follows from it.
    if not await store.add_disposition(
        session, case, by.staff_id, by.agent_id, given, values, promise_id, body_hash, now
    ):
        raise IdReused("disposition", str(given.id))
    await put_next_action(
        session, case.branch_id, given.case_id, given.next_action, by.staff_id, given.happened_at,
        disposition_id=given.id,
    )  # fmt: skip
    if given.channel is Topic.CALL:  # a visit counts from its check-in, a message as it is sent
        call = Asking(given.id, case.id, by.agent_id, given.happened_at, CALL)
        met = chosen[0].reaches is Reaches.CUSTOMER
        await note_made(session, call, is_conversation=met, now=now)
    if given.cause is not None:
        nothing = Money(0, case.currency)
        subject = Subject(
            case.id, case.branch_id, case.overdue, nothing, day, disposition_id=given.id
        )
        await add_cause(
            session, new_id(), subject, given.cause, by.staff_id, by.agent_id, body_hash, now
        )  # fmt: skip
    return given


async def _promised(session: Session, by: Noter, given: Disposition, now: datetime) -> UUID:
    if given.promise is not None:
        made = Promise(
            given.promise.id, given.case_id, given.promise.amount, given.promise.due_on,
            given.happened_at,
        )  # fmt: skip
        digest = given.promise.digest()
        override = Override(by.staff_id, by.override_reason) if by.override_reason else None
        await promise_to_pay(session, by.agent_id, made, digest, now, override)
        return made.id
    open_promise = await store.open_promise(session, given.case_id)
    if open_promise is None:
        raise InvalidField("promise", say("what was promised: an id, an amount and a date"))
    return open_promise
