"""The agent's day in one answer, for a phone that then goes without a network."""

import hashlib
from datetime import date, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import Header, Response

from api.agents.cases import CaseAnswer, DemandAnswer, HappeningAnswer
from api.agents.deposits import TillAnswer
from api.agents.door import DoorAnswer, door_of
from api.agents.round import FRESH
from api.deps import Agent, Now, Read
from api.reader import Told, told
from api.routing import Router
from api.schemas import Answer, Instant
from collection.custody import store as custody
from collection.custody.denominations import FACES
from collection.gate.hours import ContactHours
from collection.gate.open_hours import open_hours
from collection.portfolio.case_list import store as cases
from collection.receipts.books.book import Fate
from collection.receipts.books.store import HeldBook, books_held_by
from collection.receipts.mode import mode_in, modes_in
from core.clock import day_range, local_day
from data.session import Session
from identity import store as identity
from identity.principal import Principal
from map_ui import store as rounds
from map_ui.round_view import RoundView, told_round

router = Router(prefix="/v1/agent", tags=["agent: round"])

MOST_CASES = 1_000
"""Far more than anybody visits in a day; the least urgent are left out beyond it."""

LAST_HAPPENINGS = 10

IfNoneMatch = Annotated[
    str, Header(alias="If-None-Match", description="the ETag that the phone has; 304 if it holds")
]


class HoursAnswer(Answer):
    """Hours in which a customer may be visited; half-open."""

    opens_at: Instant
    closes_at: Instant


class DayCaseAnswer(Answer):
    """A case with its open demands, what happened last (newest first), and when it may be visited;
    without any `hours`, `barred` says why not. `has_form`: the customer's Customer Authorization
    Form is on file."""

    case: CaseAnswer
    demands: list[DemandAnswer]
    timeline: list[HappeningAnswer]
    hours: list[HoursAnswer]
    barred: str | None
    has_form: bool


class DetailAnswer(Answer):
    """What a mode asks beside its reference; a name that ends in ``_on`` is a date. `pattern` is
    the whole pattern of it, `expected` the same in words."""

    name: str
    pattern: str
    expected: Told
    is_required: bool


class ModeAnswer(Answer):
    """A mode of payment. `reference` is the whole pattern of the reference that it must come with,
    null for cash; `expected` says in words what that is."""

    code: str
    is_cash: bool
    reference: str | None
    expected: Told
    details: list[DetailAnswer]


class DeclaredLeafAnswer(Answer):
    """A leaf of a receipt book that no receipt is on, and what the desk has it as."""

    number: int
    fate: Fate


class HeldBookAnswer(Answer):
    """A book of paper receipts that you answer for, from leaf `first_number` to `last_number`, as
    far as the cash desk knows: `used` are with it, `left` are behind the last that it has accounted
    for, and `missing` are skipped."""

    series: str
    first_number: int
    last_number: int
    used: int
    left: int
    declared: list[DeclaredLeafAnswer]
    missing: list[int]


class DayAnswer(Answer):
    """All that is needed at today's doors. `round` is null on a day without one and `till` for an
    agent without one; `books` are the books of paper receipts in the agent's hands, `faces_minor`
    the notes and coins of `currency`, `door` what the branch asks at doors."""

    as_of: Instant
    agent_id: UUID
    agent: str
    day: date
    zone: str
    country: str
    currency: str
    round: RoundView | None
    cases: list[DayCaseAnswer]
    till: TillAnswer | None
    books: list[HeldBookAnswer]
    modes: list[ModeAnswer]
    faces_minor: list[int]
    door: DoorAnswer

    def tag(self) -> str:
        """The same as long as nothing but the time has changed."""
        said = self.model_dump_json(exclude={"as_of"})
        return f'"{hashlib.sha256(said.encode()).hexdigest()[:32]}"'


@router.get("/day", response_model=DayAnswer, responses={304: {"description": "It still holds"}})
async def get_day(
    agent: Agent, session: Read, now: Now, response: Response, if_none_match: IfNoneMatch = ""
) -> Any:
    """Today's round with all that must be known at its doors, to be kept on the phone: cases with
    their dues, history and hours, the till, and how payments are taken. With `If-None-Match`, an
    unchanged day is a 304 without a body."""
    found = await _day(session, agent, now)
    headers = FRESH | {"ETag": found.tag()}
    had = {each.strip().removeprefix("W/") for each in if_none_match.split(",")}
    if {found.tag(), "*"} & had:
        return Response(status_code=304, headers=headers)
    response.headers.update(headers)
    return found


async def _day(session: Session, agent: Principal, now: datetime) -> DayAnswer:
    branch = await identity.branch_of_agent(session, agent.id)
    day = local_day(now, branch.zone)
    round_ = await rounds.round_of_today(session, agent.id, now)
    till = await custody.till(session, agent.id)
    return DayAnswer(
        as_of=now,
        agent_id=agent.id,
        agent=agent.name,
        day=day,
        zone=branch.zone,
        country=branch.country,
        currency=branch.currency,
        round=round_ and told_round(round_, told),
        cases=await _cases(session, agent.id, round_, day_range(day, branch.zone)[0], day),
        till=None if till is None else TillAnswer.model_validate(till),
        books=[_book(each) for each in await books_held_by(session, agent.id)],
        modes=[mode_answer(code, branch.country) for code in modes_in(branch.country)],
        faces_minor=list(FACES.get(branch.currency, ())),
        door=await door_of(session, branch, day),
    )


async def _cases(
    session: Session, agent_id: UUID, round_: RoundView | None, midnight: datetime, day: date
) -> list[DayCaseAnswer]:
    planned = [UUID(stop["case_id"]) for stop in round_["stops"]] if round_ else []
    found = await cases.cases_of_day(session, agent_id, planned, MOST_CASES)
    ids = [case.id for case in found]
    demands = await cases.open_demands_of(session, ids)
    timelines = await cases.timelines_of(session, ids, LAST_HAPPENINGS)
    hours = await open_hours(session, day, ids)
    with_form = await cases.cases_with_form(session, ids)
    return [
        DayCaseAnswer(
            case=CaseAnswer.model_validate(case),
            demands=[DemandAnswer.model_validate(each) for each in demands[case.id]],
            timeline=[HappeningAnswer.model_validate(each) for each in timelines[case.id]],
            hours=_windows(hours.get(case.id), midnight),
            barred=hours[case.id].barred if case.id in hours else None,
            has_form=case.id in with_form,
        )
        for case in found
    ]


def _windows(hours: ContactHours | None, midnight: datetime) -> list[HoursAnswer]:
    windows = hours.windows if hours else ()
    return [
        HoursAnswer(
            opens_at=midnight + timedelta(seconds=opens_s),
            closes_at=midnight + timedelta(seconds=closes_s),
        )
        for opens_s, closes_s in windows
    ]


def _book(its: HeldBook) -> HeldBookAnswer:
    return HeldBookAnswer(
        series=its.series, first_number=its.first, last_number=its.last, used=its.used,
        left=its.left, missing=list(its.missing),
        declared=[DeclaredLeafAnswer(number=number, fate=fate) for number, fate in its.declared],
    )  # fmt: skip


def mode_answer(code: str, country: str) -> ModeAnswer:
    """A mode as it is taken in a country."""
    mode = mode_in(code, country)
    pattern = mode.reference.pattern if mode.reference else None
    details = [
        DetailAnswer(
            name=each.name, pattern=each.pattern.pattern, expected=each.expected,
            is_required=each.is_required,
        )
        for each in mode.details
    ]  # fmt: skip
    return ModeAnswer(
        code=code, is_cash=mode.is_cash, reference=pattern, expected=mode.expected, details=details
    )
