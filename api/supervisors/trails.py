"""The way agents took: for the map, to take away, and as day reports."""

import unicodedata
from datetime import date
from typing import Annotated, Any, Literal
from urllib.parse import quote
from uuid import UUID

import msgspec
from fastapi import Path, Query, Response
from fastapi.responses import StreamingResponse
from pydantic import AliasPath, Field

from api.deps import Now, Read, Supervisor
from api.routing import Router
from api.schemas import Answer, Day, Instant, PositionAnswer
from core.said import plain
from map_ui.replay.day import replay_view
from map_ui.replay.replay import replay
from map_ui.trail_view import THINNED_M, trail_collection, trail_feature
from tracking.trails.follow import Followed, follow
from tracking.trails.gpx import gpx
from tracking.trails.report_csv import report_csv
from tracking.trails.report_day import report_agent_day, report_branch_day

router = Router(prefix="/v1", tags=["supervisors: trails and day reports"])

WorkingDay = Annotated[
    Day, Query(description="a working day in the branch's zone; today when none is given")
]
Tolerance = Annotated[
    float,
    Query(ge=0, le=1000, allow_inf_nan=False, description="how far lines may be simplified"),
]


def _of(*path: str) -> Any:
    """A field that stands elsewhere in the domain's value."""
    return Field(validation_alias=AliasPath(*path))


class VisitedCaseAnswer(Answer):
    """A case that a visit was for."""

    case_id: Annotated[UUID, _of("id")]
    customer: str


class ProvenVisitAnswer(Answer):
    """A visit that pings prove; its cases are those open at the place."""

    id: UUID
    began_at: Annotated[Instant, _of("began_s")]
    ended_at: Annotated[Instant, _of("ended_s")]
    verdict: str
    cases: list[VisitedCaseAnswer]


class StopAnswer(Answer):
    """A stay of two minutes or longer, and the visits made there."""

    began_at: Annotated[Instant, _of("stop", "began_s")]
    ended_at: Annotated[Instant, _of("stop", "ended_s")]
    dwell_s: Annotated[float, _of("stop", "dwell_s")]
    lat: Annotated[float, _of("stop", "lat")]
    lon: Annotated[float, _of("stop", "lon")]
    radius_m: Annotated[float, _of("stop", "radius_m")]
    pings: Annotated[int, _of("stop", "pings")]
    visits: list[ProvenVisitAnswer]


class GapAnswer(Answer):
    """Where the way is not known: a silence, or a jump that no vehicle makes."""

    began_at: Annotated[Instant, _of("began_s")]
    ended_at: Annotated[Instant, _of("ended_s")]
    lasted_s: float
    start: PositionAnswer
    end: PositionAnswer
    distance_m: float
    is_jump: bool


class HoursAnswer(Answer):
    """From when to when, and how many seconds of that count."""

    began_at: Annotated[Instant, _of("began_s")]
    ended_at: Annotated[Instant, _of("ended_s")]
    lasted_s: float


class DayReportAnswer(Answer):
    """An agent's day. `signed_on` ends at the present while `is_signed_on`."""

    agent_id: Annotated[UUID, _of("facts", "agent", "id")]
    agent: Annotated[str, _of("facts", "agent", "name")]
    branch: Annotated[str, _of("facts", "agent", "branch")]
    zone: Annotated[str, _of("facts", "agent", "zone")]
    day: date
    first_ping_at: Annotated[Instant | None, _of("summary", "first_ping_s")]
    last_ping_at: Annotated[Instant | None, _of("summary", "last_ping_s")]
    signed_on: Annotated[HoursAnswer | None, _of("facts", "signed_on")]
    is_signed_on: Annotated[bool, _of("facts", "is_signed_on")]
    shift: Annotated[HoursAnswer | None, _of("facts", "shift")]
    distance_m: Annotated[float, _of("summary", "distance_m")]
    moving_s: Annotated[float, _of("summary", "moving_s")]
    standing_s: Annotated[float, _of("summary", "standing_s")]
    gap_s: Annotated[float, _of("summary", "gap_s")]
    mean_speed_mps: Annotated[float | None, _of("summary", "mean_speed_mps")]
    max_speed_mps: Annotated[float | None, _of("summary", "max_speed_mps")]
    pings: Annotated[int, _of("summary", "pings")]
    coarse: Annotated[int, _of("summary", "coarse")]
    outliers: Annotated[int, _of("summary", "outliers")]
    devices: Annotated[int, _of("summary", "devices")]
    visits_planned: Annotated[int, _of("facts", "visits_planned")]
    visits_done: Annotated[int, _of("facts", "visits_done")]
    stops: list[StopAnswer]
    gaps: list[GapAnswer]


class DayReportsAnswer(Answer):
    """The day of each agent of a branch, by name."""

    branch: str
    day: date
    items: list[DayReportAnswer]


@router.get("/agents/{agent_id}/trail")
async def get_trail(
    agent_id: UUID,
    caller: Supervisor,
    session: Read,
    now: Now,
    day: WorkingDay | None = None,
    tolerance_m: Tolerance = THINNED_M,
) -> dict[str, Any]:
    """The way an agent took on a day, as a GeoJSON Feature; stops and gaps are properties."""
    found = await follow(session, agent_id, day, now)
    return trail_feature(str(agent_id), found.trail, tolerance_m)


@router.get(
    "/agents/{agent_id}/trail.gpx",
    response_class=Response,
    responses={200: {"content": {"application/gpx+xml": {}}}},
)
async def get_trail_gpx(
    agent_id: UUID, caller: Supervisor, session: Read, now: Now, day: WorkingDay | None = None
) -> Response:
    """The same to take away, as GPX 1.1: every believed ping, and the stops as waypoints."""
    found = await follow(session, agent_id, day, now)
    return StreamingResponse(
        gpx(found.trail, f"{found.agent.name} {found.day}"),
        media_type="application/gpx+xml",
        headers=_to_save(_file_name(found, "gpx")),
    )


@router.get(
    "/agents/{agent_id}/trail.geojson",
    response_class=Response,
    responses={200: {"content": {"application/geo+json": {}}}},
)
async def get_trail_geojson(
    agent_id: UUID, caller: Supervisor, session: Read, now: Now, day: WorkingDay | None = None
) -> Response:
    """The same to take away, as a GeoJSON FeatureCollection of stretches, stops and gaps."""
    found = await follow(session, agent_id, day, now)
    return Response(
        msgspec.json.encode(trail_collection(*found), enc_hook=plain),
        media_type="application/geo+json",
        headers=_to_save(_file_name(found, "geojson")),
    )


@router.get("/agents/{agent_id}/replay", response_model=dict[str, Any])
async def get_replay(
    agent_id: UUID, caller: Supervisor, session: Read, now: Now, day: WorkingDay | None = None
) -> Response:
    """A day to play again: every believed ping with its time and accuracy as columns, stops, gaps,
    visits beside the plan, and payments."""
    # Encoded at once: checked field by field, 5,000 pings would take a third of a second.
    return Response(msgspec.json.encode(replay_view(await replay(session, agent_id, day, now))),
                    media_type="application/json")  # fmt: skip


@router.get("/agents/{agent_id}/day-report")
async def get_day_report(
    agent_id: UUID, caller: Supervisor, session: Read, now: Now, day: WorkingDay | None = None
) -> DayReportAnswer:
    """What an agent did on a day: hours, way, stops and the visits made there, gaps."""
    return DayReportAnswer.model_validate(await report_agent_day(session, agent_id, day, now))


@router.get(
    "/branches/{code}/day-reports",
    response_model=DayReportsAnswer,
    responses={200: {"content": {"text/csv": {}}}},
)
async def get_day_reports(
    code: Annotated[str, Path(description="the branch's code")],
    caller: Supervisor,
    session: Read,
    now: Now,
    day: WorkingDay | None = None,
    format: Literal["json", "csv"] = "json",  # noqa: A002 its name in the address
) -> Response:
    """The day of each agent of a branch (not of branches below it), as JSON or a CSV table."""
    found_day, reports = await report_branch_day(session, code, day, now)
    if format == "csv":
        name = f"day-report-{_slug(code)}-{found_day}.csv"
        return Response(
            report_csv(reports), media_type="text/csv; charset=utf-8", headers=_to_save(name)
        )
    items = [DayReportAnswer.model_validate(report) for report in reports]
    answer = DayReportsAnswer(branch=code, day=found_day, items=items)
    return Response(answer.model_dump_json(), media_type="application/json")


def _file_name(found: Followed, kind: str) -> str:
    return f"trail-{found.day}-{_slug(found.agent.name)}.{kind}"


def _slug(name: str) -> str:
    """The letters and digits of a name, in lower case and without accents."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    return "-".join("".join(c if c.isalnum() else " " for c in plain.lower()).split())


def _to_save(name: str) -> dict[str, str]:
    """The header that has a browser save the answer (RFC 6266), whatever script the name is in."""
    ascii_name = name.encode("ascii", "replace").decode().replace("?", "_")
    return {
        "Content-Disposition": f'attachment; filename="{ascii_name}";'
        f" filename*=UTF-8''{quote(name)}"
    }
