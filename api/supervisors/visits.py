"""Visits: what the pings prove, for whom it was, and how it came to be told."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from fastapi import Depends, Query, Response
from pydantic import Field

from api.cursor import Cursor, Limit, cut, keys_of
from api.deps import Read, Supervisor
from api.reader import Told
from api.routing import Router
from api.schemas import Answer, Day, Instant, ReasonAnswer
from core.errors import InvalidField
from core.said import plain, say
from geofence.errors import VisitNotFound
from geofence.verdict import Level
from geofence.visits import store
from geofence.visits.store import Wanted
from geofence.visits.visit import Met, Standing
from map_ui.visit_view import visit_collection

router = Router(prefix="/v1", tags=["supervisors: visits"])

OneDay = Annotated[Day | None, Query(description="a working day in the branch's zone")]


class EvidenceAnswer(Answer):
    """What the agent did about a case during a visit; `outcome` is of a check-out."""

    kind: Literal["receipt", "promise", "check_in"]
    id: UUID
    at: Instant
    outcome: str | None


class VisitedCaseAnswer(Answer):
    """A case at the visit's place, and what is known of the customer: a stay proves the place."""

    case_id: UUID
    customer: str
    met: Met
    evidence: list[EvidenceAnswer]


class VisitAnswer(Answer):
    """A version of a visit. `id` is the visit's through all versions; `told` says how this one came
    about, and `told_withdrawn` how the visit ended to hold."""

    id: UUID
    version_id: UUID
    version: int
    standing: Standing
    agent_id: UUID
    agent: str
    branch: str
    day: date
    began_at: Instant
    ended_at: Instant
    is_closed: bool
    lat: float
    lon: float
    uncertainty_m: float
    pings: int
    posterior: float
    verdict: Level
    reasons: list[ReasonAnswer]
    cases: list[VisitedCaseAnswer]
    change: Told
    told: Told
    decided_at: Instant
    pings_received_from: Annotated[Instant | None, Field(validation_alias="pings_from")]
    pings_received_until: Annotated[Instant | None, Field(validation_alias="pings_until")]
    pings_delay_s: float | None
    is_late: bool
    replaced_at: Instant | None
    withdrawn_why: Told | None
    told_withdrawn: Told | None


class VisitsAnswer(Answer):
    """A page of visits, the newest first."""

    items: list[VisitAnswer]
    next_cursor: str | None


class HistoryAnswer(VisitAnswer):
    """A visit as it stands (or stood last), with all its versions, oldest first."""

    versions: list[VisitAnswer]


async def wanted(
    agent_id: UUID | None = None,
    case_id: UUID | None = None,
    day: OneDay = None,
    from_day: OneDay = None,
    to_day: OneDay = None,
    verdict: Level | None = None,
    is_closed: bool | None = None,
    versions: Literal["current", "all", "withdrawn"] = "current",
) -> Wanted:
    """The visits that the query asks for. Raises `InvalidField`."""
    if day and (from_day or to_day):
        raise InvalidField("day", say("alone, or from_day and to_day instead"))
    if from_day and to_day and from_day > to_day:
        raise InvalidField("from_day", say("{to_day} or earlier", to_day=to_day))
    return Wanted(
        agent_id, case_id, day or from_day, day or to_day, verdict and verdict.value, is_closed,
        versions,
    )  # fmt: skip


Which = Annotated[Wanted, Depends(wanted)]


@router.get("/visits")
async def get_visits(
    caller: Supervisor, session: Read, which: Which, cursor: Cursor = None, limit: Limit = 50
) -> VisitsAnswer:
    """Visits of the caller's branches, the newest first; as they stand, or every version."""
    return await _page(session, which, cursor, limit)


@router.get(
    "/visits.geojson",
    response_class=Response,
    responses={200: {"content": {"application/geo+json": {}}}},
)
async def get_visits_geojson(
    caller: Supervisor, session: Read, which: Which, cursor: Cursor = None, limit: Limit = 200
) -> Response:
    """The same as a GeoJSON FeatureCollection of points."""
    page = await _page(session, which, cursor, limit)
    items: list[dict[str, Any]] = [item.model_dump(mode="json") for item in page.items]
    return Response(
        msgspec.json.encode(visit_collection(items, page.next_cursor), enc_hook=plain),
        media_type="application/geo+json",
    )


@router.get("/visits/{visit_id}")
async def get_visit(visit_id: UUID, caller: Supervisor, session: Read) -> HistoryAnswer:
    """A visit with all its versions, by its id or that of a version."""
    found = await store.versions(session, visit_id)
    if not found:
        raise VisitNotFound(str(visit_id))
    versions = [VisitAnswer.model_validate(version) for version in found]
    return HistoryAnswer.model_construct(**versions[-1].__dict__, versions=versions)


async def _page(session: Read, which: Wanted, cursor: str | None, limit: int) -> VisitsAnswer:
    after = keys_of(cursor, datetime.fromisoformat)
    found = await store.visits(session, which, after, limit + 1)
    page, behind = cut(found, limit, lambda visit: (visit.began_at, visit.version_id))
    return VisitsAnswer(items=[VisitAnswer.model_validate(v) for v in page], next_cursor=behind)
