"""Decide on contacts, and keep what was decided, refusals too."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from collection.errors import CaseNotFound
from collection.gate.asked import Gate, digest
from collection.gate.decisions import store
from collection.gate.decisions.decision import AskedFor, Decision
from collection.gate.evaluate import day_refusals, refuses
from collection.gate.facts import HOME_VISIT, Contact
from collection.gate.hit import Hit
from collection.gate.store import load_gate
from collection.gate.wall import wall
from core.ids import new_id
from data.session import Session

SAID_WITHIN = timedelta(hours=1)
"""What came of a call is noted soon after the number was asked for; later it is another call."""


@dataclass(frozen=True, slots=True)
class Asking:
    """A contact that is made or about to be: its own id, with whom, by whom, when and how."""

    id: UUID
    case_id: UUID
    agent_id: UUID | None
    at: datetime
    contact: Contact = HOME_VISIT


@dataclass(frozen=True, slots=True)
class PlannedVisit:
    """A visit that a round has; without `begins_at` one that was left out of the day."""

    case_id: UUID
    agent_id: UUID
    round_id: UUID
    begins_at: datetime | None


async def check(session: Session, case_id: UUID, contact: Contact, at: datetime) -> Decision:
    """What the gate would say of a contact, without keeping it. Raises `CaseNotFound`.

    `at` without a zone is by the clock of the case's branch.
    """
    if at.tzinfo is None:
        gate = await load_gate(session, [case_id], at.date())
        if case_id not in gate.cases:
            raise CaseNotFound(str(case_id))
        at = at.replace(tzinfo=ZoneInfo(gate.cases[case_id].facts.zone))
    else:
        gate = await _gate_at(session, case_id, at, None)
    asking = Asking(new_id(), case_id, None, at, contact)
    return _decision(gate, asking, AskedFor.CONTACT, at)


async def ask(session: Session, asking: Asking, now: datetime) -> Decision:
    """Decide on a contact that is about to be made. When it is allowed, it counts from now on.

    For a refusal, too, the transaction has to be committed: that is when it is kept.

    Of several at once with one customer each waits for the one before, so a limit holds. The same
    id again gets the same answer. Raises `CaseNotFound`.
    """
    await _lock(session, asking.case_id)
    known = await store.of_subject(session, asking.id)
    if known is not None:
        return known
    return await _decide(session, asking, AskedFor.CONTACT, now)


async def judge_visit(session: Session, asking: Asking, now: datetime) -> Decision:
    """Decide on a visit that is being made. It counts, whether it was allowed or not.

    Raises `CaseNotFound`.
    """
    await _lock(session, asking.case_id)
    return await _decide(session, asking, AskedFor.CHECK_IN, now, is_made=True)


async def note_made(
    session: Session, asking: Asking, *, is_conversation: bool, now: datetime
) -> None:
    """Count a contact that somebody says was made, allowed or not, and whether it was a
    conversation: as the one that was asked about up to `SAID_WITHIN` before, where nobody has said
    yet what came of it, else as one more. Raises `CaseNotFound`.
    """
    await _lock(session, asking.case_id)
    since = asking.at - SAID_WITHIN
    channel = asking.contact.channel
    if await store.tell_latest(session, asking.case_id, channel, since, asking.at, is_conversation):
        return
    await _decide(session, asking, AskedFor.CONTACT, now, is_made=True)
    await store.tell_conversation(session, asking.id, is_conversation)


async def decide_plan(
    session: Session, day: date, visits: Sequence[PlannedVisit], now: datetime
) -> list[Decision]:
    """Decide on the visits of published rounds at their planned times, and on what was left out.

    Of what was left out only refusals of the whole day are kept. Nothing is counted yet. Cases
    that are not in scope are left out.
    """
    gate = await load_gate(session, [visit.case_id for visit in visits], day)
    hours = gate.hours(day, HOME_VISIT)
    decisions = [
        _planned(gate, day, visit, now)
        for visit in visits
        if visit.case_id in hours and (visit.begins_at or hours[visit.case_id].barred)
    ]
    await store.keep_rulebooks(session, gate.books.items(), now)
    await store.keep(session, decisions)
    return decisions


def _planned(gate: Gate, day: date, visit: PlannedVisit, now: datetime) -> Decision:
    case, contact = gate.cases[visit.case_id], HOME_VISIT
    if visit.begins_at is None:
        hits = day_refusals(gate.book_of(case), case.facts, contact, day)
    else:
        hits = gate.hits(visit.case_id, contact, visit.begins_at)
    return Decision(
        new_id(), case.branch_id, visit.case_id, visit.agent_id, AskedFor.PLAN.value,
        visit.round_id, contact.channel.value, contact.place.value, day, visit.begins_at,
        not refuses(hits), [hit.as_json() for hit in hits], case.facts_json(),
        digest(gate.book_of(case)), now,
    )  # fmt: skip


async def _lock(session: Session, case_id: UUID) -> None:
    if not await store.lock_customer_of(session, case_id):
        raise CaseNotFound(str(case_id))


async def _decide(
    session: Session, asking: Asking, asked_for: AskedFor, now: datetime, *, is_made: bool = False
) -> Decision:
    gate = await _gate_at(session, asking.case_id, asking.at, asking.id)
    decision = _decision(gate, asking, asked_for, now)
    await store.keep_rulebooks(session, gate.books.items(), now)
    await store.keep(session, [decision])
    if decision.is_allowed or is_made:
        await store.add_attempt(session, asking.id, gate.cases[asking.case_id], decision, asking.at)
    return decision


async def _gate_at(session: Session, case_id: UUID, at: datetime, but: UUID | None) -> Gate:
    # The local day is not known before the case is; that it is another one than in UTC is rare.
    guessed = at.astimezone(UTC).date()
    gate = await load_gate(session, [case_id], guessed, but=but)
    if case_id not in gate.cases:
        raise CaseNotFound(str(case_id))
    day = wall(gate.cases[case_id].facts.zone, at)[0]
    return gate if day == guessed else await load_gate(session, [case_id], day, but=but)


def _decision(gate: Gate, asking: Asking, asked_for: AskedFor, now: datetime) -> Decision:
    case = gate.cases[asking.case_id]
    hits: tuple[Hit, ...] = gate.hits(asking.case_id, asking.contact, asking.at)
    return Decision(
        new_id(), case.branch_id, case.case_id, asking.agent_id or case.agent_id, asked_for.value,
        asking.id, asking.contact.channel.value, asking.contact.place.value,
        wall(case.facts.zone, asking.at)[0], asking.at, not refuses(hits),
        [hit.as_json() for hit in hits], case.facts_json(), digest(gate.book_of(case)), now,
    )  # fmt: skip
