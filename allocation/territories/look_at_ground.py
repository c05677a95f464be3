"""Look at the ground of territories that were just set: which have no streets, or no cases."""

import asyncio
from collections.abc import Sequence
from datetime import date

from allocation.territories import store
from allocation.territories.cases import store as cases
from allocation.territories.emptiness import Holds, caseless, streetless
from allocation.territories.proposals.cut import Shortfall
from core.geometry import LatLon
from data.session import Session
from identity.store import BranchView
from routing.errors import NoStreets, NoStreetsNear
from routing.travel.cities import Cities


async def look_at_ground(
    session: Session, branch: BranchView, codes: Sequence[str], day: date, cities: Cities
) -> dict[str, list[Shortfall]]:
    """What the territories with these codes fall short of on a day; nothing of those that do not
    stand then. Where no streets are loaded around the branch, nothing is said of streets."""
    standing = await store.standing(session, branch.id, day, codes)
    told = [each.told.code for each in standing]
    shapes = {each.told.code: each.told.shape for each in standing if each.told.shape is not None}
    counted = await cases.counts(session, branch.id, day)
    holds = {each.code: Holds(each.cases, each.due) for each in counted if each.code}
    empty = caseless(told, holds, sum(each.cases for each in counted))
    bare = await _streetless(session, branch.location, shapes, cities)
    return {
        code: [each[code] for each in (bare, empty) if code in each]
        for code in told
        if code in bare or code in empty
    }


async def _streetless(
    session: Session, around: LatLon | None, shapes: dict[str, bytes], cities: Cities
) -> dict[str, Shortfall]:
    try:
        city = await cities.at(session, around)
    except (NoStreets, NoStreetsNear):
        return {}
    return await asyncio.to_thread(streetless, city.graph, shapes)
