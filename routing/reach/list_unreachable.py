"""List the addresses that no agent can be sent to, and why."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from data.session import Session
from identity import store as identity
from routing.errors import NoStreets, NoStreetsNear
from routing.reach import store
from routing.reach.store import AddressToReach
from routing.travel.cities import Cities
from routing.travel.city import City, doors
from routing.travel.unreachable import Obstacle, Unreachable, obstacle
from streets.profile import Profile


@dataclass(frozen=True, slots=True)
class UnreachableAddress:
    """An address with open cases, and what is in the way."""

    address: AddressToReach
    why: Unreachable


async def list_unreachable(session: Session, cities: Cities) -> list[UnreachableAddress]:
    """All addresses in scope with open cases that planning would skip, by id.

    Each is looked up in the streets of its branch, for the vehicle of the agent it is assigned to.
    """
    by_branch: dict[object, list[AddressToReach]] = defaultdict(list)
    for address in await store.addresses_to_reach(session):
        by_branch[address.branch_id].append(address)
    found = []
    for branch in await identity.branches(session):
        if branch.id in by_branch:
            try:
                city = await cities.at(session, branch.location)
            except (NoStreets, NoStreetsNear):
                found += [_without(one, Obstacle.NO_STREETS) for one in by_branch[branch.id]]
            else:
                found += out_of_reach(city, by_branch[branch.id])
    return sorted(found, key=lambda one: one.address.address_id)


def out_of_reach(city: City, addresses: Sequence[AddressToReach]) -> list[UnreachableAddress]:
    """Those of the addresses in a city that cannot be planned."""
    found = [_without(one, Obstacle.NOT_ON_THE_MAP) for one in addresses if one.position is None]
    for profile in Profile:
        asked = [(a, a.position) for a in addresses if a.position and a.profile is profile]
        lines = [address.line for address, _ in asked]
        at = doors(city, [position for _, position in asked], profile, lines)
        for row, (address, _) in enumerate(asked):
            if why := obstacle(at, row, profile):
                found.append(UnreachableAddress(address, why))
    return found


def _without(address: AddressToReach, missing: Obstacle) -> UnreachableAddress:
    return UnreachableAddress(address, Unreachable(missing, None, address.profile))
