"""Centers: customers whose cases have one agent, unless a manager splits them; when they meet."""

from datetime import time
from typing import Annotated

from fastapi import Path, Response
from pydantic import Field

from allocation.rules import store
from allocation.rules.set_rules import branch_id_of, gather_center, split
from api.deps import AllocationManager, Now, Read, Tx
from api.routing import Router
from api.schemas import Answer, Body, Day, Instant, Lat, Lon, Text
from collection.centers.schedule import Schedule
from collection.centers.set_up import Group, form_groups, set_schedule
from core.geometry import LatLon

router = Router(prefix="/v1", tags=["allocation: rules"])

CenterCode = Annotated[str, Path(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$")]


class CenterBody(Body):
    """A center and all its members, by the lender's numbers of the customers."""

    name: Text
    customers: Annotated[list[Text], Field(max_length=1_000)]


class SplitBody(Body):
    """Why a center's members may go to different agents."""

    reason: Text


class PlaceBody(Body):
    """A position in degrees, WGS84."""

    lat: Lat
    lon: Lon


class ScheduleBody(Body):
    """When and where a center meets: on `first_on` and each `every_days` days after it, at
    `meets_at` by the branch's clock."""

    first_on: Day
    every_days: Annotated[int, Field(ge=1, le=366, description="7 is every week")]
    meets_at: time
    place: Text
    location: PlaceBody | None = None

    def schedule(self) -> Schedule:
        """The domain's value."""
        where = LatLon(self.location.lat, self.location.lon) if self.location else None
        return Schedule(self.first_on, self.every_days, self.meets_at, self.place, where)


class GroupBody(Body):
    """A group and all its members, by the lender's numbers of the customers."""

    code: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$")]
    name: Text
    customers: Annotated[list[Text], Field(max_length=1_000)]


class GroupsBody(Body):
    """All groups of a center."""

    groups: Annotated[list[GroupBody], Field(max_length=200)]


class CenterAnswer(Answer):
    """A center. Where it is split, its members' cases may have different agents."""

    code: str
    name: str
    members: int
    split_at: Instant | None
    split_reason: str | None


@router.get("/branches/{code}/centers")
async def get_centers(code: str, caller: AllocationManager, session: Read) -> list[CenterAnswer]:
    """A branch's centers."""
    found = await store.centers(session, await branch_id_of(session, code))
    return [CenterAnswer.model_validate(center) for center in found]


@router.put("/branches/{code}/centers/{center_code}", status_code=204)
async def put_center(
    code: str, center_code: CenterCode, body: CenterBody, caller: AllocationManager, session: Tx
) -> Response:
    """Make a center of exactly these customers; the next allocation gives them one agent."""
    await gather_center(session, code, center_code, body.name, body.customers)
    return Response(status_code=204)


@router.put("/branches/{code}/centers/{center_code}/split", status_code=204)
async def put_split(
    code: str,
    center_code: CenterCode,
    body: SplitBody,
    caller: AllocationManager,
    session: Tx,
    now: Now,
) -> Response:
    """Let a center's members go to different agents."""
    await split(session, code, center_code, body.reason, caller.id, now)
    return Response(status_code=204)


@router.delete("/branches/{code}/centers/{center_code}/split", status_code=204)
async def delete_split(
    code: str, center_code: CenterCode, caller: AllocationManager, session: Tx, now: Now
) -> Response:
    """Have a center's members go to one agent again, from the next allocation on."""
    await split(session, code, center_code, None, caller.id, now)
    return Response(status_code=204)


@router.put("/branches/{code}/centers/{center_code}/schedule", status_code=204)
async def put_schedule(
    code: str,
    center_code: CenterCode,
    body: ScheduleBody,
    caller: AllocationManager,
    session: Tx,
) -> Response:
    """Say when and where a center meets."""
    await set_schedule(session, code, center_code, body.schedule())
    return Response(status_code=204)


@router.put("/branches/{code}/centers/{center_code}/groups", status_code=204)
async def put_groups(
    code: str,
    center_code: CenterCode,
    body: GroupsBody,
    caller: AllocationManager,
    session: Tx,
) -> Response:
    """Have a center exactly these groups of its members."""
    groups = [Group(g.code, g.name, g.customers) for g in body.groups]
    await form_groups(session, code, center_code, groups)
    return Response(status_code=204)
