"""Where the open cases of a branch are: what territories are drawn around."""

from typing import Annotated

from pydantic import Field

from allocation.territories.cases import store
from api.deps import AllocationManager, Read
from api.routing import Router
from api.schemas import Answer
from identity import store as identity

router = Router(prefix="/v1", tags=["allocation: territories"])


Point = Annotated[list[float], Field(min_length=2, max_length=2)]
"""A list: not every reader of the document knows what a tuple is in it."""


class PointsAnswer(Answer):
    """Where open cases are: degrees north and east of each, with five decimals (about a meter)."""

    points: list[Point]


@router.get("/branches/{code}/case-points")
async def get_case_points(code: str, caller: AllocationManager, session: Read) -> PointsAnswer:
    """The open cases of a branch that are on the map."""
    branch = await identity.branch_by_code(session, code)
    found = await store.points(session, branch.id)
    return PointsAnswer(points=[[round(lat, 5), round(lon, 5)] for lat, lon in found])
