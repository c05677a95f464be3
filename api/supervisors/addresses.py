"""Addresses that nobody can be sent to."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Request

from api.cursor import Cursor, Limit, cut, keys_of
from api.deps import Read, Supervisor
from api.routing import Router
from api.schemas import Answer, PositionAnswer
from routing.reach.list_unreachable import UnreachableAddress, list_unreachable
from routing.travel.cities import Cities
from routing.travel.unreachable import Obstacle
from streets.profile import Profile

router = Router(prefix="/v1", tags=["supervisors: addresses"])

Obstacles = Annotated[
    list[Obstacle] | None, Query(description="may be repeated; all when none is given")
]


class UnreachableAnswer(Answer):
    """An address with open cases that planning skips. `distance_m` is to the nearest street of the
    profile, where that is known."""

    address_id: UUID
    branch: str
    customer: str
    line: str
    locality: str | None
    pincode: str | None
    position: PositionAnswer | None
    obstacle: Obstacle
    text: str
    distance_m: float | None
    profile: Profile
    agent: str | None
    case_ids: list[UUID]


class UnreachablesAnswer(Answer):
    """A page of addresses, by branch."""

    items: list[UnreachableAnswer]
    next_cursor: str | None


@router.get("/addresses/unreachable")
async def get_unreachable(
    caller: Supervisor,
    session: Read,
    request: Request,
    obstacle: Obstacles = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> UnreachablesAnswer:
    """The addresses of open cases in the caller's branches that no round can have, and why: not on
    the map, too far from any street that the agent may use, or across water."""
    cities: Cities = request.app.state.cities
    after, wanted = keys_of(cursor, str), set(obstacle or Obstacle)
    found = sorted(
        (one for one in await list_unreachable(session, cities) if one.why.obstacle in wanted),
        key=_keys,
    )
    page, behind = cut([one for one in found if after is None or _keys(one) > after], limit, _keys)
    return UnreachablesAnswer(items=[_answer(one) for one in page], next_cursor=behind)


def _keys(one: UnreachableAddress) -> tuple[str, UUID]:
    return one.address.branch, one.address.address_id


def _answer(one: UnreachableAddress) -> UnreachableAnswer:
    address, why = one.address, one.why
    position = address.position
    return UnreachableAnswer(
        address_id=address.address_id,
        branch=address.branch,
        customer=address.customer,
        line=address.line,
        locality=address.locality,
        pincode=address.pincode,
        position=PositionAnswer(lat=position.lat, lon=position.lon) if position else None,
        obstacle=why.obstacle,
        text=why.text,
        distance_m=None if why.distance_m is None else round(why.distance_m, 1),
        profile=why.profile,
        agent=address.agent,
        case_ids=list(address.case_ids),
    )
