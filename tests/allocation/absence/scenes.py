"""Two or three agents in the small town on a Monday, each with a published round."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import update

from allocation.absence.absence import Absent
from core.geometry import LatLon
from data.session import Scope, Session, enter, rows
from data.tables.collection import CaseFile
from identity.principal import Role
from routing.rounds.plan_rounds import plan_rounds
from routing.travel.city import open_city
from tests.conftest import MONDAY_NINE
from tests.factories import ACase, a_branch, a_case, a_person, an_agent
from tests.routing.underway.scenes import DAY, HOME, solve_all
from tests.streets.small_city import at, small_graph

CITY = open_city(small_graph())
HOUR = timedelta(hours=1)


@dataclass
class Team:
    """A branch, its supervisor, its agents and the cases of each."""

    branch: UUID
    boss: UUID
    agents: list[UUID]
    cases: list[list[ACase]]

    def absent(self, nth: int = 0, reason: str = "ill") -> Absent:
        return Absent(self.agents[nth], reason, self.boss)


async def a_team(
    session: Session,
    urgencies: Sequence[Sequence[float]],
    *,
    shift: tuple[datetime, datetime] = (MONDAY_NINE, MONDAY_NINE + 9 * HOUR),
    minutes: int = 15,
) -> Team:
    """An agent for each list of urgencies, with a case of each urgency along a street."""
    branch = await a_branch(session, location=HOME)
    boss = await a_person(session, branch, Role.SUPERVISOR)
    team = Team(branch, boss, [], [])
    for nth, scores in enumerate(urgencies):
        agent = await an_agent(session, branch, f"Agent {nth}", home=HOME, shift=shift)
        cases = [
            await a_case(session, branch, at=LatLon(*at(100 * (n % 4), 100 * nth)), urgency=score,
                         agent_id=agent, customer_name=f"C{nth}{n}")
            for n, score in enumerate(scores)
        ]  # fmt: skip
        team.agents.append(agent)
        team.cases.append(cases)
    await session.execute(
        update(CaseFile).where(CaseFile.branch_id == branch).values(service_s=60 * minutes)
    )
    await enter(session, Scope((branch,)))
    await plan_rounds(session, DAY, CITY, solve_all, MONDAY_NINE)
    return team


async def owners(session: Session, team: Team) -> dict[UUID, UUID]:
    """Who has each case now."""
    found = await rows(
        session,
        "SELECT case_id, agent_id FROM assignment WHERE branch_id = :b AND upper_inf(during)",
        b=team.branch,
    )
    return {r.case_id: r.agent_id for r in found}


async def rounds(session: Session, team: Team) -> dict[UUID, list[UUID]]:
    """The cases of each agent's round in force, in order."""
    found = await rows(
        session,
        "SELECT r.agent_id, s.case_id FROM round r LEFT JOIN stop s ON s.round_id = r.id"
        " WHERE r.branch_id = :b AND r.replaced_at IS NULL ORDER BY r.agent_id, s.seq",
        b=team.branch,
    )
    told: dict[UUID, list[UUID]] = {}
    for r in found:
        told.setdefault(r.agent_id, []).extend([r.case_id] if r.case_id else [])
    return told
