"""Proposals of who works which case: looked at, edited, published as a whole, put aside, undone."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Header, Request, Response

from allocation.proposals import store
from allocation.proposals.edit import Wish, edit
from allocation.proposals.proposal import Proposal, State
from allocation.proposals.publish import discard, publish
from allocation.proposals.read import proposal_of
from allocation.proposals.undo import undo
from api.allocation.proposal_answers import (
    EditAnswer,
    KeptAnswer,
    LeftOutAnswer,
    ProposalAnswer,
    ProposalsAnswer,
    PublishedAnswer,
    SummaryAnswer,
    UndoneAnswer,
    whole,
)
from api.cursor import Cursor, Limit, cut, keys_of
from api.deps import AllocationManager, Now, Read, Tx
from api.routing import Router
from api.schemas import Body, Text
from core.errors import InvalidField
from core.said import say

router = Router(prefix="/v1", tags=["allocation: proposals"])


class PublishBody(Body):
    """Whether to leave out what has changed since, rather than change nothing."""

    skip_overtaken: bool = False


class EditBody(Body):
    """Who is to have the case, None for nobody; `overrule` sets aside rules that can be."""

    agent_id: UUID | None
    reason: Text
    overrule: bool = False


async def _revision(
    seen: Annotated[
        str | None,
        Header(alias="If-Match", description="the `ETag` of the proposal as you saw it"),
    ] = None,
) -> int | None:
    if seen is None or seen == "*":
        return None
    number = seen.removeprefix("W/").strip('"')
    if not (number.isascii() and number.isdecimal() and len(number) < 10):
        raise InvalidField("If-Match", say('the ETag that came with the proposal, such as "3"'))
    return int(number)


Seen = Annotated[int | None, Depends(_revision)]
"""The revision that the caller looked at; None where they did not say."""


def _tagged(response: Response, found: Proposal) -> None:
    response.headers["ETag"] = f'"{found.revision}"'


@router.get("/assignment-proposals")
async def get_proposals(
    caller: AllocationManager,
    session: Read,
    branch_id: UUID | None = None,
    state: State | None = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> ProposalsAnswer:
    """Proposals that the caller sees all of, the newest first, with their figures."""
    after = keys_of(cursor, datetime.fromisoformat)
    found = await store.proposals(session, branch_id, state, after, limit + 1)
    page, behind = cut(found, limit, lambda each: (each.made_at, each.id))
    items = [SummaryAnswer.model_validate(each) for each in page]
    return ProposalsAnswer(items=items, next_cursor=behind)


@router.get("/assignment-proposals/{id}")
async def get_proposal(
    id: UUID,  # noqa: A002
    caller: AllocationManager,
    session: Read,
    response: Response,
) -> ProposalAnswer:
    """A proposal with its changes and problems. Its `ETag` is its revision."""
    found = await proposal_of(session, id)
    _tagged(response, found)
    return await whole(session, found)


@router.get("/assignment-proposals/{id}/edits")
async def get_edits(
    id: UUID,  # noqa: A002
    caller: AllocationManager,
    session: Read,
) -> list[EditAnswer]:
    """What was edited by hand and by whom, the newest first."""
    await proposal_of(session, id)
    return [EditAnswer.model_validate(each) for each in await store.edits(session, id)]


@router.put("/assignment-proposals/{id}/changes/{case_id}")
async def put_change(
    id: UUID,  # noqa: A002
    case_id: UUID,
    body: EditBody,
    caller: AllocationManager,
    session: Tx,
    now: Now,
    seen: Seen,
    request: Request,
    response: Response,
) -> ProposalAnswer:
    """Have the case, and its center's other members, go to this agent instead.

    Judged by the rules as a move by hand is. With `If-Match`, 409 when somebody edited it since.
    """
    wish = Wish(case_id, body.agent_id, body.reason, overrule=body.overrule)
    cities = request.app.state.cities
    found = await edit(session, id, wish, seen, cities, caller.id, now)
    _tagged(response, found)
    return await whole(session, found)


@router.delete("/assignment-proposals/{id}/changes/{case_id}")
async def delete_change(
    id: UUID,  # noqa: A002
    case_id: UUID,
    caller: AllocationManager,
    session: Tx,
    now: Now,
    seen: Seen,
    request: Request,
    response: Response,
) -> ProposalAnswer:
    """Have the case, and its center's other members, stay with who has it."""
    wish = Wish(case_id, None, "stays with who has it", keep=True)
    found = await edit(session, id, wish, seen, request.app.state.cities, caller.id, now)
    _tagged(response, found)
    return await whole(session, found)


@router.post("/assignment-proposals/{id}/publish")
async def post_publish(
    id: UUID,  # noqa: A002
    body: PublishBody,
    caller: AllocationManager,
    session: Tx,
    now: Now,
    seen: Seen,
) -> PublishedAnswer:
    """Carry out all changes at once, or none: 409 names the rows that somebody overtook.

    With `If-Match`, 409 when somebody edited the proposal since you saw it.
    """
    skip = body.skip_overtaken
    done, left_out = await publish(session, id, caller.id, now, skip_overtaken=skip, revision=seen)
    told = [LeftOutAnswer.model_validate(no) for no in left_out]
    return PublishedAnswer(proposal=await whole(session, done), left_out=told)


@router.post("/assignment-proposals/{id}/undo")
async def post_undo(
    id: UUID,  # noqa: A002
    caller: AllocationManager,
    session: Tx,
    now: Now,
) -> UndoneAnswer:
    """Give the cases back to whom they had; those that somebody moved since stay, and are told."""
    done, kept = await undo(session, id, caller.id, now)
    told = [KeptAnswer.model_validate(each) for each in kept]
    return UndoneAnswer(proposal=await whole(session, done), kept=told)


@router.post("/assignment-proposals/{id}/discard")
async def post_discard(
    id: UUID,  # noqa: A002
    caller: AllocationManager,
    session: Tx,
    now: Now,
) -> ProposalAnswer:
    """Put a proposal aside; it is kept."""
    return await whole(session, await discard(session, id, caller.id, now))
