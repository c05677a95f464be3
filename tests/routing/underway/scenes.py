"""An agent's round in the small town, with what happens to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import cast
from uuid import UUID

from sqlalchemy import insert, update
from sqlalchemy.dialects.postgresql import insert as upsert

from collection.receipts.collect import collect
from collection.receipts.report import ReceiptReport
from core.geometry import LatLon
from core.ids import new_id
from core.money import Money
from data.columns import ewkt_point
from data.session import Session, rows
from data.tables.allocation import Center
from data.tables.centers import CenterMeeting, MeetingReceipt
from data.tables.collection import CaseFile
from data.tables.geofence import CheckIn, CheckOut
from data.tables.tracking import AgentPosition
from routing.planner import relief
from routing.planner.plan import Plan
from routing.planner.problem import Problem
from routing.planner.solver import plan
from routing.planner.stop import StopAfter
from routing.planner.vacancy import Relief, Vacancy
from routing.rounds.plan_rounds import plan_rounds
from routing.travel.cities import Cities
from routing.travel.city import City, open_city
from tests.conftest import MONDAY_NINE
from tests.factories import ACase, a_branch, a_case, a_device, an_agent
from tests.streets.small_city import at, small_graph

DAY = date(2026, 11, 23)
SHIFT = (MONDAY_NINE, MONDAY_NINE + timedelta(hours=9))
HOME = LatLon(*at(0, 0))
SPOTS = ((100.0, 10.0), (300.0, 110.0), (390.0, 290.0), (200.0, 290.0))

_city = open_city(small_graph())


class OneCity:
    """Everywhere is the small town."""

    async def at(self, _session: Session, _position: LatLon | None) -> City:
        return _city


CITIES = cast("Cities", OneCity())


async def solve_all(problems: Sequence[Problem]) -> Sequence[Plan]:
    return [plan(problem, StopAfter(solutions=50), 1) for problem in problems]


async def relieve(vacancy: Vacancy) -> Relief:
    return relief.relieve(vacancy, StopAfter(solutions=300))


@dataclass
class Day:
    """A branch with one agent, the cases, and the order in which the round visits them."""

    branch: UUID
    agent: UUID
    device: UUID
    cases: list[ACase]
    order: list[UUID]


async def a_day(
    session: Session,
    spots: Sequence[tuple[float, float]] = SPOTS,
    *,
    shift: tuple[datetime, datetime] = SHIFT,
    branch: UUID | None = None,
) -> Day:
    """An agent with a case at each spot (meters east and north of home) and a published round."""
    branch = branch or await a_branch(session, location=HOME)
    agent = await an_agent(session, branch, home=HOME, shift=shift)
    device, _ = await a_device(session, branch, agent)
    cases = [
        await a_case(session, branch, at=LatLon(*at(*spot)), agent_id=agent, customer_name=f"C{n}")
        for n, spot in enumerate(spots)
    ]
    day = Day(branch, agent, device, cases, [])
    await planned(session, day)
    return day


async def planned(session: Session, day: Day, now: datetime = MONDAY_NINE) -> None:
    """Plan the day, and note the order."""
    await plan_rounds(session, DAY, _city, solve_all, now, [day.agent])
    day.order = await order(session, day.agent)


async def order(session: Session, agent: UUID) -> list[UUID]:
    """The cases of the round in force."""
    found = await rows(
        session,
        "SELECT s.case_id FROM round r JOIN stop s ON s.round_id = r.id"
        " WHERE r.agent_id = :agent AND r.replaced_at IS NULL ORDER BY s.seq",
        agent=agent,
    )
    return [r.case_id for r in found]


async def revision(session: Session, agent: UUID) -> int:
    (found,) = await rows(
        session,
        "SELECT revision FROM round WHERE agent_id = :agent AND replaced_at IS NULL",
        agent=agent,
    )
    return int(found.revision)


async def visits(
    session: Session, day: Day, case_id: UUID, began: datetime, ended: datetime | None
) -> None:
    """The agent checks in at a case, and out unless `ended` is None."""
    check_in = new_id()
    scope = {"branch_id": day.branch, "agent_id": day.agent}
    await session.execute(
        insert(CheckIn).values(
            id=check_in, case_id=case_id, device_time=began, server_time=began,
            verdict="probable", reasons=[], body_hash=b"", **scope,
        )
    )  # fmt: skip
    if ended:
        await session.execute(
            insert(CheckOut).values(
                id=new_id(), check_in_id=check_in, device_time=ended, server_time=ended,
                outcome="paid", body_hash=b"", **scope,
            )
        )  # fmt: skip


async def pays_at_a_meeting(session: Session, day: Day, case_id: UUID, at: datetime) -> None:
    """A member of a center pays by transfer, on its sheet."""
    paid = ReceiptReport(
        new_id(), case_id, Money(10_000, "CLP"), "transfer", "A1B2C3", at, None, b""
    )
    await collect(session, day.agent, paid, at)
    center, meeting, scope = new_id(), new_id(), {"branch_id": day.branch}
    await session.execute(insert(Center).values(id=center, code="C1", name="Sede", **scope))
    await session.execute(
        insert(CenterMeeting).values(
            id=meeting, center_id=center, agent_id=day.agent, day=DAY, held_at=at, submitted_at=at,
            currency="CLP", due_minor=10_000, cash_minor=0, other_minor=10_000, denominations=[],
            body_hash=b"", **scope,
        )
    )  # fmt: skip
    await session.execute(
        insert(MeetingReceipt).values(receipt_id=paid.id, meeting_id=meeting, place=0)
    )


async def is_at(session: Session, day: Day, spot: tuple[float, float], seen: datetime) -> None:
    """The newest ping of the agent."""
    values = {
        "branch_id": day.branch, "device_id": day.device, "captured_at": seen,
        "received_at": seen, "location": ewkt_point(LatLon(*at(*spot))), "is_mock": False,
    }  # fmt: skip
    await session.execute(
        upsert(AgentPosition)
        .values(agent_id=day.agent, **values)
        .on_conflict_do_update(index_elements=["agent_id"], set_=values)
    )


async def wants(session: Session, case_id: UUID, from_: datetime, to: datetime) -> None:
    """The customer wants to be visited between these instants."""
    local = [(moment - timedelta(hours=3)).time() for moment in (from_, to)]
    await session.execute(
        update(CaseFile)
        .where(CaseFile.id == case_id)
        .values(preferred_from=local[0], preferred_to=local[1])
    )


async def is_paid(session: Session, case_id: UUID) -> None:
    await session.execute(update(CaseFile).where(CaseFile.id == case_id).values(overdue_minor=0))
