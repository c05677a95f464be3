"""Put on record what rules ask for: facts, meetings, holidays, what products are."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from collection.errors import CaseNotFound, CustomerNotFound
from collection.gate.calendars import calendar_exists
from collection.gate.kinds import FactName
from collection.gate.records import store
from collection.gate.rule import ProductClass
from collection.gate.rulebook.change_rule import branch_id_of
from core.errors import InvalidField
from core.ids import new_id
from core.said import say
from data.session import Session
from identity.errors import AgentNotFound

LIFTS = ("override", "evidence")
"""Facts that lift one rule, which they name."""
OF_AGENTS = frozenset({FactName.AGENT_CERTIFICATE_VALID.value})
"""Facts about an agent; the others are about a customer."""

DATE_LINE = timedelta(hours=14)
"""How far the earliest clocks are ahead of UTC."""


@dataclass(frozen=True, slots=True)
class NewFact:
    """Something that a rule asks for: of a customer, or of an agent; both days belong to it."""

    name: str
    subject_id: UUID
    first_day: date
    last_day: date | None
    evidence: str
    rule_code: str | None = None


@dataclass(frozen=True, slots=True)
class NewHoliday:
    """What a branch declares of a day of a calendar. Times are of a half day: what is closed."""

    calendar: str
    day: date
    name: str
    kind: str
    closed_from: time | None = None
    closed_to: time | None = None


async def record_fact(session: Session, fact: NewFact, by: UUID, now: datetime) -> UUID:
    """Keep a fact; its id. Raises `InvalidField`, `CustomerNotFound` or `AgentNotFound`."""
    if fact.last_day is not None and fact.last_day < fact.first_day:
        raise InvalidField(
            "last_day", say("{first_day} or later, or nothing", first_day=fact.first_day)
        )
    if (fact.name in LIFTS) != (fact.rule_code is not None):
        raise InvalidField(
            "rule_code",
            say("the rule's code with {lifts}, and only then", lifts=" and ".join(LIFTS)),
        )
    of_agent = fact.name in OF_AGENTS
    find = store.branch_of_agent if of_agent else store.branch_of_customer
    branch_id = await find(session, fact.subject_id)
    if branch_id is None:
        missing = AgentNotFound if of_agent else CustomerNotFound
        raise missing(str(fact.subject_id))
    fact_id = new_id()
    await store.add_fact(
        session, id=fact_id, branch_id=branch_id, name=fact.name, rule_code=fact.rule_code,
        customer_id=None if of_agent else fact.subject_id,
        agent_id=fact.subject_id if of_agent else None, first_day=fact.first_day,
        last_day=fact.last_day, evidence=fact.evidence, recorded_at=now, recorded_by=by,
    )  # fmt: skip
    return fact_id


async def record_meeting(
    session: Session, case_id: UUID, meeting_on: date, has_attended: bool, by: UUID, now: datetime
) -> None:
    """Keep whether somebody came to a meeting of a case's account; another word replaces it.

    The same again changes nothing. Raises `CaseNotFound` or `InvalidField`.
    """
    if meeting_on > (now + DATE_LINE).date():
        raise InvalidField("meeting_on", say("a day that has come"))
    account = await store.account_of_case(session, case_id)
    if account is None:
        raise CaseNotFound(str(case_id))
    account_id, branch_id = account
    if await store.attendance(session, account_id, meeting_on) is not has_attended:
        await store.add_attendance(
            session, branch_id=branch_id, account_id=account_id, meeting_on=meeting_on,
            has_attended=has_attended, recorded_at=now, recorded_by=by,
        )  # fmt: skip


async def declare_holiday(
    session: Session, branch: str, holiday: NewHoliday, by: UUID, now: datetime
) -> UUID:
    """Declare a day for a branch in scope and those below it; its id. The newest word counts.

    Raises `BranchNotFound` or `InvalidField`.
    """
    branch_id = await branch_id_of(session, branch)
    if not calendar_exists(holiday.calendar):
        raise InvalidField(
            "calendar", say("a country (ID) or a part of one (US-NY) with a calendar")
        )
    times = holiday.closed_from, holiday.closed_to
    if holiday.kind == "working_day" and any(times):
        raise InvalidField("closed_from", say("nothing: a working day is not closed"))
    if all(times) and times[0] >= times[1]:  # type: ignore[operator]
        raise InvalidField("closed_to", say("a time after {times:%H:%M}", times=times[0]))
    holiday_id = new_id()
    await store.add_holiday(
        session, id=holiday_id, branch_id=branch_id, calendar=holiday.calendar, day=holiday.day,
        name=holiday.name, kind=holiday.kind, closed_from=holiday.closed_from,
        closed_to=holiday.closed_to, declared_at=now, declared_by=by,
    )  # fmt: skip
    return holiday_id


async def set_product_class(
    session: Session, branch: str, code: str, product_class: ProductClass, by: UUID, now: datetime
) -> None:
    """Say what a product code is to rules, for a branch in scope. Raises `BranchNotFound`."""
    branch_id = await branch_id_of(session, branch)
    await store.set_product_class(session, branch_id, code, product_class.value, by, now)
