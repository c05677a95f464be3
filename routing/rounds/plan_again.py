"""Plan the rest of some agents' rounds again, each branch on its own streets."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from core.geometry import LatLon
from data.session import Session
from identity import store as identity
from routing.rounds.plan_rounds import PublishedRound, SolveAll, plan_rounds
from routing.travel.cities import Cities


async def plan_again(
    session: Session,
    agent_ids: Sequence[UUID],
    day: date,
    cities: Cities,
    solve_all: SolveAll,
    now: datetime,
) -> list[PublishedRound]:
    """Plan and publish what these agents still have to do on `day`, from where they are now.

    Raises `NoStreets`, and what `plan_rounds` raises.
    """
    by_location: dict[LatLon | None, list[UUID]] = defaultdict(list)
    for agent_id in agent_ids:
        branch = await identity.branch_of_agent(session, agent_id)
        by_location[branch.location].append(agent_id)
    published = []
    for location, agents in by_location.items():
        city = await cities.at(session, location)
        published += await plan_rounds(session, day, city, solve_all, now, agents)
    return published
