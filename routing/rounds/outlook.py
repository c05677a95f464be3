"""Before a day is planned: whether it can be, and what stands in the way of good rounds."""

from dataclasses import dataclass
from datetime import date, datetime

from core.clock import local_day
from data.session import Session
from identity.store import BranchView
from routing.errors import DayIsOver, NobodyOnShift, NoStreets, NoStreetsNear
from routing.rounds import store
from streets import store as streets
from streets.cover import CITY_WITHIN_M, covering


@dataclass(frozen=True, slots=True)
class Outlook:
    """Who can be sent to how many cases. `notes` say in words what will be missing."""

    agents: int
    cases: int
    notes: tuple[str, ...]


async def outlook(session: Session, branch: BranchView, day: date, now: datetime) -> Outlook:
    """What can be expected of planning a branch's day.

    Raises `DayIsOver`, `NobodyOnShift`, `NoStreets` or `NoStreetsNear`: there would be no round.
    """
    today = local_day(now, branch.zone)
    if day < today:
        raise DayIsOver(day, today)
    networks = await streets.networks(session)
    if not networks:
        raise NoStreets
    info, away_m = covering(networks, branch.location)
    if away_m > CITY_WITHIN_M:
        raise NoStreetsNear(info.name, away_m)
    found = await store.counts(session, branch.id, day, now)
    if not found.agents:
        raise NobodyOnShift(day, found.shifts)
    return Outlook(found.agents, found.cases, tuple(_notes(found)))


def _notes(found: store.Counts) -> list[str]:
    notes = []
    if not found.cases:
        notes.append("No open case of this branch is due a visit; all rounds will be empty")
    if found.not_on_the_map:
        notes.append(
            f"{_counted(found.not_on_the_map, 'case')} cannot be planned: the address is not on"
            " the map yet"
        )
    if found.held_back:
        notes.append(
            f"{_counted(found.held_back, 'case')} due for payment will not be visited: their stage"
            " does not ask for it"
        )
    if found.over_limit_agents:
        agents = (
            f"{found.over_limit_agents} {'agent' if found.over_limit_agents == 1 else 'agents'}"
        )
        where = "" if found.deposit_points else " and there is no deposit point to hand in at"
        notes.append(f"{agents} can take no more cash: the cash limit is reached{where}")
    return notes


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
