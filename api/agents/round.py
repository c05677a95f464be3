"""The agent's own round."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from fastapi import Header, Response
from fastapi.responses import JSONResponse

from api.deps import Agent, Now, Read
from api.reader import locale_of_reader, told
from api.routing import Router
from api.schemas import Answer, Instant
from core.clock import local_day
from core.said import plain
from data.session import Session
from identity import store as identity
from map_ui import store
from map_ui.errors import NoRoundToday
from map_ui.round_view import RoundView, round_geojson, told_round
from routing.underway.told import told_windows

router = Router(prefix="/v1/agent", tags=["agent: round"])

FRESH = {"Cache-Control": "private, no-cache", "Vary": "Authorization"}
"""A phone keeps the round and asks each time whether it still holds."""

IfNoneMatch = Annotated[
    str,
    Header(alias="If-None-Match", description="the ETag that the phone has; 304 if it holds"),
]


class EtaAnswer(Answer):
    """When a stop is expected now. `late_s` compares with the plan, `slack_s` with the latest
    begin (negative: too late). `tell_from` to `tell_to` is what the customer can be told."""

    stop_id: UUID
    case_id: UUID
    seq: int
    arrives_at: Instant
    begins_at: Instant
    late_s: int
    slack_s: float
    tell_from: Instant | None
    tell_to: Instant | None


class EtasAnswer(Answer):
    """Expected times of the stops still to make, as they were at `looked_at`; before the first look
    at today's round there are none."""

    looked_at: Instant | None
    late_s: int
    ends_at: Instant | None
    stops: list[EtaAnswer]


async def _known(
    session: Session, agent_id: UUID, now: datetime, kind: str, if_none_match: str
) -> tuple[str, bool]:
    """The entity tag of a representation, and whether the phone has it. Raises `NoRoundToday`."""
    tag = await store.round_tag(session, agent_id, now)
    if tag is None:
        zone = (await identity.branch_of_agent(session, agent_id)).zone
        raise NoRoundToday(str(agent_id), local_day(now, zone))
    whole = f'"{tag}-{kind}-{locale_of_reader()}"'
    had = {each.strip().removeprefix("W/") for each in if_none_match.split(",")}
    return whole, bool({whole, "*"} & had)


async def _round(session: Session, agent_id: UUID, now: datetime) -> RoundView:
    round_ = await store.round_of_today(session, agent_id, now)
    assert round_ is not None, "its tag was just made"
    return told_round(round_, told)


@router.get("/round", response_model=RoundView, responses={304: {"description": "It still holds"}})
async def get_round(
    agent: Agent, session: Read, now: Now, response: Response, if_none_match: IfNoneMatch = ""
) -> Any:
    """Today's round: its stops with their status, its ways, links to map apps, and what was left
    out. With `If-None-Match`, an unchanged round is a 304 without a body."""
    tag, holds = await _known(session, agent.id, now, "json", if_none_match)
    headers = FRESH | {"ETag": tag}
    if holds:
        return Response(status_code=304, headers=headers)
    response.headers.update(headers)
    return await _round(session, agent.id, now)


@router.get("/round.geojson", responses={304: {"description": "It still holds"}})
async def get_round_geojson(
    agent: Agent, session: Read, now: Now, if_none_match: IfNoneMatch = ""
) -> Any:
    """The same as GeoJSON features: the way to each stop along the streets, the stops, the way
    back."""
    tag, holds = await _known(session, agent.id, now, "geojson", if_none_match)
    headers = FRESH | {"ETag": tag}
    if holds:
        return Response(status_code=304, headers=headers)
    body = round_geojson(await _round(session, agent.id, now))
    return GeoJson(body, headers=headers)


class GeoJson(JSONResponse):
    """GeoJSON (RFC 7946)."""

    media_type = "application/geo+json"

    def render(self, content: Any) -> bytes:
        """Dates and ids as JSON has them."""
        return msgspec.json.encode(content, enc_hook=plain)


@router.get("/round/etas")
async def get_etas(agent: Agent, session: Read, now: Now) -> EtasAnswer:
    """When each stop still to make is expected, by the position, and what its customer can be told.

    Worked out every half minute while a shift is on.
    """
    return EtasAnswer.model_validate(await told_windows(session, agent.id, now))
