"""Shifts: when agents work, seen for a branch and set for one agent or for many."""

from datetime import date, time
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import Query
from pydantic import Field

from allocation.shifts.roster import roster
from allocation.shifts.set_shifts import Wanted, set_shifts
from api.admin.deposit_points import Weekday
from api.admin.people import IdAnswer, RoundEnd
from api.deps import AllocationManager, Now, Read, Tx
from api.routing import Router
from api.schemas import Answer, Body, Day, Instant, Moment
from core.errors import InvalidField
from core.said import say
from identity.shifts import store
from identity.shifts.hours import Hours, Pause
from identity.shifts.shift import Rest, check_shift
from identity.shifts.store import ShiftView
from identity.store import agent_branch, branch_by_code
from routing.deposit_points.deposit_point import WEEKDAYS

router = Router(prefix="/v1", tags=["allocation"])

MOST_AGENTS = 1000

RestLength = Annotated[int, Field(ge=60, le=4 * 3600)]
RestSlack = Annotated[int, Field(ge=0, le=4 * 3600)]


class BreakBody(Body):
    """A rest: it begins at `begins_at` or up to `slack_s` later, never during a visit."""

    begins_at: Moment
    length_s: RestLength
    slack_s: RestSlack = 3600


class ShiftBody(Body):
    """When an agent works; replaces shifts that it overlaps. Where its rounds begin and end is as
    in the agent's field profile unless told."""

    starts_at: Moment
    ends_at: Moment
    breaks: Annotated[list[BreakBody], Field(max_length=6)] = []
    round_start: RoundEnd | None = None
    round_end: RoundEnd | None = None

    def rests(self) -> list[Rest]:
        """The domain's values, in order."""
        made = [Rest(one.begins_at, one.length_s, one.slack_s) for one in self.breaks]
        return sorted(made, key=lambda rest: rest.begins_at)


class PauseBody(Body):
    """A rest by the branch's clock: it begins then or up to `slack_s` later, never during a
    visit."""

    from_time: time
    length_s: RestLength
    slack_s: RestSlack = 3600


class HoursBody(Body):
    """From when to when to work on each of the days, by the clock of the agent's branch."""

    from_time: time
    to_time: time
    breaks: Annotated[list[PauseBody], Field(max_length=6)] = []
    round_start: RoundEnd | None = None
    round_end: RoundEnd | None = None

    def hours(self) -> Hours:
        """The domain's value. Raises `InvalidField` for zoned times."""
        told = {"from_time": self.from_time, "to_time": self.to_time}
        told |= {f"breaks.{n}.from_time": one.from_time for n, one in enumerate(self.breaks)}
        for field, clock in told.items():
            if clock.tzinfo:
                raise InvalidField(f"hours.{field}", say("times without a zone, such as 09:00"))
        pauses = [Pause(one.from_time, one.length_s, one.slack_s) for one in self.breaks]
        return Hours(self.from_time, self.to_time, pauses, self.round_start, self.round_end)


class ShiftsBody(Body):
    """Who works when: on these weekdays from the first to the last day (92 at most). Without
    `hours`, null, they do not work then."""

    agent_ids: Annotated[list[UUID], Field(min_length=1, max_length=MOST_AGENTS)]
    from_day: Day
    to_day: Annotated[Day, Field(description="included")]
    weekdays: Annotated[list[Weekday], Field(min_length=1, max_length=7)]
    hours: HoursBody | None
    skip_holidays: Annotated[
        bool, Field(description="leave whole holidays of an agent's branch as they are")
    ] = False

    def wanted(self) -> Wanted:
        """The domain's value. Raises `InvalidField`."""
        hours = self.hours.hours() if self.hours else None
        weekdays = {WEEKDAYS.index(each) for each in self.weekdays}
        return Wanted(
            self.agent_ids, self.from_day, self.to_day, weekdays, hours, self.skip_holidays
        )


class ShiftsSetAnswer(Answer):
    """Shifts that were set, kept (they are as wanted) and removed, replaced ones among them. Left
    as they are: the holidays, days whose shift would be over by now, and what has begun of these
    agents."""

    set: int
    kept: int
    removed: int
    holidays: list[date]
    over: list[date]
    begun_agent_ids: list[UUID]


class RestAnswer(Answer):
    """A rest in a shift: it begins at `begins_at` or up to `slack_s` later."""

    begins_at: Instant
    length_s: int
    slack_s: int


class ShiftAnswer(Answer):
    """A shift of the day it begins on, by the branch's clock. `absent_since` where the agent has
    dropped out of it."""

    id: UUID
    day: date
    from_time: time
    to_time: time
    starts_at: Instant
    ends_at: Instant
    breaks: list[RestAnswer]
    round_start: RoundEnd | None
    round_end: RoundEnd | None
    absent_since: Instant | None
    absent_reason: str | None


class AgentShiftsAnswer(Answer):
    """An agent, and the shifts of the days asked for."""

    agent_id: UUID
    name: str
    shifts: list[ShiftAnswer]


class RosterDayAnswer(Answer):
    """A day, and the holiday that closes the branch on all of it."""

    day: date
    holiday: str | None


class RosterAnswer(Answer):
    """The days in order, and the branch's agents by name."""

    branch: str
    zone: str
    days: list[RosterDayAnswer]
    agents: list[AgentShiftsAnswer]


@router.get("/shifts")
async def get_shifts(
    caller: AllocationManager,
    session: Read,
    branch: Annotated[str, Query(max_length=20, pattern=r"^[^\x00]*$")],
    first: Annotated[Day, Query(alias="from")],
    last: Annotated[Day, Query(alias="to", description="included; at most 31 days")],
) -> RosterAnswer:
    """Who of a branch works when, by its clock: every agent, with or without a shift."""
    found = await roster(session, await branch_by_code(session, branch), first, last)
    return RosterAnswer(
        branch=branch,
        zone=found.branch.zone,
        days=[RosterDayAnswer.model_validate(day) for day in found.days],
        agents=[
            AgentShiftsAnswer(
                agent_id=one.agent_id,
                name=one.name,
                shifts=[_shift(each, found.clock) for each in one.shifts],
            )
            for one in found.agents
        ],
    )


@router.put("/shifts")
async def put_shifts(
    body: ShiftsBody, caller: AllocationManager, session: Tx, now: Now
) -> ShiftsSetAnswer:
    """Set when many agents work on many days, or that they do not: all of it, or nothing. What
    overlaps is replaced, what has begun is left as it is, and the same again changes nothing."""
    done = await set_shifts(session, body.wanted(), now)
    return ShiftsSetAnswer(
        set=done.outcome.set, kept=done.outcome.kept, removed=done.outcome.removed,
        holidays=list(done.holidays), over=list(done.over),
        begun_agent_ids=list(done.outcome.begun),
    )  # fmt: skip


@router.put("/agents/{agent_id}/shift")
async def put_shift(
    agent_id: UUID, body: ShiftBody, caller: AllocationManager, session: Tx, now: Now
) -> IdAnswer:
    """Set when an agent works."""
    rests = body.rests()
    check_shift(body.starts_at, body.ends_at, rests, now)
    branch_id = await agent_branch(session, agent_id)
    shift_id = await store.set_shift(
        session, branch_id, agent_id, body.starts_at, body.ends_at, rests, body.round_start,
        body.round_end,
    )  # fmt: skip
    return IdAnswer(id=shift_id)


def _shift(its: ShiftView, clock: ZoneInfo) -> ShiftAnswer:
    begins, ends = its.starts_at.astimezone(clock), its.ends_at.astimezone(clock)
    return ShiftAnswer(
        id=its.id,
        day=begins.date(),
        from_time=begins.time(),
        to_time=ends.time(),
        starts_at=its.starts_at,
        ends_at=its.ends_at,
        breaks=[RestAnswer.model_validate(each) for each in its.rests],
        round_start=its.round_start,  # type: ignore[arg-type]
        round_end=its.round_end,  # type: ignore[arg-type]
        absent_since=its.absent_since,
        absent_reason=its.absent_reason,
    )
