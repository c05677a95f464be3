"""Centers: customers whose cases have one agent, unless a manager splits them."""

from typing import Annotated

from fastapi import APIRouter, Path, Response
from pydantic import Field

from allocation.rules import store
from allocation.rules.set_rules import branch_id_of, gather_center, split
from api.deps import AllocationManager, Now, Read, Tx
from api.schemas import Answer, Body, Instant, Text

router = APIRouter(prefix="/v1", tags=["allocation: rules"])

CenterCode = Annotated[str, Path(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$")]


class CenterBody(Body):
    """A center and all its members, by the lender's numbers of the customers."""

    name: Text
    customers: Annotated[list[Text], Field(max_length=1_000)]


class SplitBody(Body):
    """Why a center's members may go to different agents."""

    reason: Text


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
