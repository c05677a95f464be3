"""Territories: set, imported, exported; and in which of them a case lies."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Path, Query, Request, Response
from pydantic import Field

from allocation.territories import store
from allocation.territories.cases import store as cases
from allocation.territories.cases.place import Basis
from allocation.territories.collection import MOST_BYTES
from allocation.territories.import_territories import (
    Imported,
    Mode,
    Outcome,
    import_geojson,
    import_pincodes,
)
from allocation.territories.look_at_ground import look_at_ground
from allocation.territories.proposals.cut import Shortfall
from allocation.territories.set_territory import as_json, end_territory, set_territory
from allocation.territories.shape import NotRight, geojson_of, shape_in
from allocation.territories.territory import (
    MOST_PINCODES,
    USUAL_PRECEDENCE,
    Days,
    Territory,
)
from api.allocation.territory_proposals import ShortfallAnswer
from api.deps import AllocationManager, Now, Read, Tx
from api.reader import Told
from api.routing import Router
from api.schemas import Answer, Body, Day, Instant, Text
from collection.errors import CaseNotFound
from core.clock import local_day
from core.errors import InvalidField
from core.said import say
from identity import store as identity
from identity.store import BranchView
from routing.travel.cities import Cities

router = Router(prefix="/v1", tags=["allocation: territories"])

GEOJSON = "application/geo+json"
Code = Annotated[str, Path(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$")]
Pincode = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9 -]{0,19}$")]
Precedence = Annotated[int, Field(ge=1, le=1000)]


def _takes(media_type: str) -> dict[str, Any]:
    return {"requestBody": {"required": True, "content": {media_type: {}}}}


class TerritoryBody(Body):
    """What a territory is to be: a GeoJSON Polygon or MultiPolygon, pin codes, or both.

    Without `valid_from` it is so from today on, without `valid_until` until it is changed.
    """

    name: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00]*$")]
    shape: dict[str, Any] | None = None
    pincodes: Annotated[list[Pincode], Field(max_length=MOST_PINCODES)] = []
    precedence: Precedence = USUAL_PRECEDENCE
    agent_ids: Annotated[list[UUID], Field(max_length=100)] = []
    valid_from: Day | None = None
    valid_until: Day | None = None


class WorkerAnswer(Answer):
    """An agent who works a territory."""

    id: UUID
    username: str
    name: str


class OverlapAnswer(Answer):
    """What a territory shares with another one; `share` is of the smaller one's area."""

    territory: str
    name: str
    overlap_ha: float
    share: float
    pincodes: list[str]
    sentence: Told


class TerritoryAnswer(Answer):
    """A version of a territory. `valid_from` None: newer versions took all its days."""

    code: str
    name: str
    shape: dict[str, Any] | None
    pincodes: list[str]
    precedence: int
    agents: list[WorkerAnswer]
    valid_from: date | None
    valid_until: date | None
    version: int
    origin: Literal["drawn", "imported", "proposed"]
    area_ha: float
    set_at: Instant
    set_by: Text | None


class SetAnswer(Answer):
    """A territory as it is from now on, the slivers that it shares with others, and what it has
    nothing of: streets, or cases."""

    territory: TerritoryAnswer
    overlaps: list[OverlapAnswer]
    shortfalls: list[ShortfallAnswer]


class CollectionAnswer(Answer):
    """A GeoJSON FeatureCollection. `outside` counts the open cases that lie in no territory;
    `agents` are those who can work one."""

    type: Literal["FeatureCollection"] = "FeatureCollection"
    features: list[dict[str, Any]]
    on: date
    outside: dict[str, int]
    agents: list[WorkerAnswer]


class FateAnswer(Answer):
    """What became of a feature (from 0), of a territory of a CSV, or of a bad line of it; and what
    the territory has nothing of."""

    index: int
    code: str | None
    outcome: Outcome
    is_mended: bool
    reasons: list[Told]
    shortfalls: list[ShortfallAnswer]


class ImportedAnswer(Answer):
    """What a file does, feature by feature. `is_applied` false: nothing was stored."""

    is_applied: bool
    fates: list[FateAnswer]


class PlaceAnswer(Answer):
    """A case's territory, by what it is of it, and a sentence with the numbers.

    `nearest` and `nearest_m` tell of a case whose point is in no shape.
    """

    case_id: UUID
    on: date
    code: str | None
    name: str | None
    basis: Basis
    nearest: str | None
    nearest_m: float | None
    sentence: Told


@dataclass(frozen=True, slots=True)
class At:
    """A branch and the day that is asked about."""

    branch: BranchView
    day: date


async def _at(session: Read, code: str, now: Now, on: date | None = None) -> At:
    branch = await identity.branch_by_code(session, code)
    return At(branch, on or local_day(now, branch.zone))


def _answer(found: store.Standing) -> TerritoryAnswer:
    told, days = found.told, found.days
    shape = None if told.shape is None else geojson_of(told.shape)
    return TerritoryAnswer(
        code=told.code, name=told.name, shape=shape,
        pincodes=list(told.pincodes), precedence=told.precedence,
        agents=[WorkerAnswer.model_validate(worker) for worker in found.agents],
        valid_from=days.first if days else None, valid_until=days.last if days else None,
        version=found.version,
        origin=found.origin,  # type: ignore[arg-type]
        area_ha=round(found.area_ha, 2), set_at=found.set_at, set_by=found.set_by,
    )  # fmt: skip


@router.get("/branches/{code}/territories.geojson", response_class=Response)
async def get_territories(
    code: str,
    caller: AllocationManager,
    session: Read,
    now: Now,
    on: Annotated[Day | None, Query(description="a day; today when left out")] = None,
) -> Response:
    """A branch's territories as GeoJSON, with agents, open cases and minutes of work of each.

    The file can be imported again as it is.
    """
    at = await _at(session, code, now, on)
    counted = {each.code: each for each in await cases.counts(session, at.branch.id, at.day)}
    features = []
    for found in await store.standing(session, at.branch.id, at.day):
        told = _answer(found).model_dump(mode="json", exclude={"shape", "agents"})
        told["agents"] = [worker.username for worker in found.agents]
        told["agent_ids"] = [str(worker.id) for worker in found.agents]
        told["agent_names"] = [worker.name for worker in found.agents]
        told |= _counted(counted.get(found.told.code))
        shape = found.told.shape
        geometry = None if shape is None else geojson_of(shape)
        features.append({"type": "Feature", "geometry": geometry, "properties": told})
    outside = _counted(counted.get(None))
    workers = await store.agents_of(session, at.branch.id)
    agents = [WorkerAnswer.model_validate(worker) for worker in workers]
    answer = CollectionAnswer(features=features, on=at.day, outside=outside, agents=agents)
    named = f'attachment; filename="territories-{at.branch.code}-{at.day}.geojson"'
    return Response(
        answer.model_dump_json(), media_type=GEOJSON, headers={"Content-Disposition": named}
    )


def _counted(count: cases.Count | None) -> dict[str, int]:
    if count is None:
        return {"cases": 0, "due": 0, "work_min": 0}
    return {"cases": count.cases, "due": count.due, "work_min": count.work_min}


@router.put("/branches/{code}/territories/{territory}")
async def put_territory(
    code: str,
    territory: Code,
    body: TerritoryBody,
    caller: AllocationManager,
    session: Tx,
    now: Now,
    request: Request,
) -> SetAnswer:
    """Set what a territory is, from a day on. What it was is kept as a version.

    409 names the territories of the same precedence that it shares more than slivers with, and the
    hectares. A boundary that crosses itself is refused, with the place. One without streets or
    cases is stored; the answer says so.
    """
    at = await _at(session, code, now)
    try:
        shape = None if body.shape is None else shape_in(body.shape, "shape.", may_cross=False)
    except NotRight as fault:
        raise InvalidField(*fault.args) from None
    if shape is None and not body.pincodes:
        raise InvalidField("shape", say("a GeoJSON Polygon or MultiPolygon, or else pincodes"))
    wish = Territory(
        territory, body.name, shape and shape.wkb, tuple(sorted(set(body.pincodes))),
        body.precedence, tuple(dict.fromkeys(body.agent_ids)),
    )  # fmt: skip
    days = Days(body.valid_from or at.day, body.valid_until)
    found, met = await set_territory(session, at.branch, wish, days, caller.id, now)
    overlaps = [OverlapAnswer.model_validate(as_json(each)) for each in met]
    fallen = await look_at_ground(session, at.branch, [territory], days.first, _cities(request))
    return SetAnswer(
        territory=_answer(found), overlaps=overlaps, shortfalls=_short(fallen.get(territory, ()))
    )


@router.delete("/branches/{code}/territories/{territory}", status_code=204)
async def delete_territory(
    code: str,
    territory: Code,
    caller: AllocationManager,
    session: Tx,
    now: Now,
    day: Annotated[
        Day | None, Query(description="the first day without; today if left out")
    ] = None,
) -> Response:
    """End a territory. What it was is kept."""
    at = await _at(session, code, now)
    await end_territory(session, at.branch, territory, day, now)
    return Response(status_code=204)


@router.get("/branches/{code}/territories/{territory}/versions")
async def get_versions(
    code: str, territory: Code, caller: AllocationManager, session: Read, now: Now
) -> list[TerritoryAnswer]:
    """All that a territory was and is to be, with who set it when; the newest first."""
    at = await _at(session, code, now)
    return [_answer(found) for found in await store.versions(session, at.branch.id, territory)]


ModeQuery = Annotated[
    Mode, Query(description="whether one bad feature keeps out all (`whole`) or itself (`each`)")
]
FromQuery = Annotated[Day | None, Query(description="the first day; today if left out")]


@router.post("/branches/{code}/territories/import", openapi_extra=_takes(GEOJSON))
async def post_import(
    code: str,
    request: Request,
    caller: AllocationManager,
    session: Tx,
    now: Now,
    mode: ModeQuery = "whole",
    valid_from: FromQuery = None,
) -> ImportedAnswer:
    """Import territories: a GeoJSON FeatureCollection of at most 20 MB and 5,000 features.

    `properties` have a `code`, and may have `name`, `precedence`, `pincodes` and `agents`
    (usernames). Shapes that are not valid are mended, and the answer says which.
    """
    at = await _at(session, code, now)
    content, days = await _body(request), Days(valid_from or at.day)
    done = await import_geojson(session, at.branch, content, mode, days, caller.id, now)
    return await _imported(session, at.branch, done, days, request)


@router.post("/branches/{code}/territories/import-pincodes", openapi_extra=_takes("text/csv"))
async def post_import_pincodes(
    code: str,
    request: Request,
    caller: AllocationManager,
    session: Tx,
    now: Now,
    mode: ModeQuery = "whole",
    valid_from: FromQuery = None,
) -> ImportedAnswer:
    """Set pin codes: a CSV of at most 20 MB with the columns `territory` and `pincode`."""
    at = await _at(session, code, now)
    content, days = await _body(request), Days(valid_from or at.day)
    done = await import_pincodes(session, at.branch, content, mode, days, caller.id, now)
    return await _imported(session, at.branch, done, days, request)


async def _imported(
    session: Tx, branch: BranchView, done: Imported, days: Days, request: Request
) -> ImportedAnswer:
    codes = [fate.code for fate in done.fates if fate.code and fate.outcome != "refused"]
    fallen = (
        await look_at_ground(session, branch, codes, days.first, _cities(request))
        if done.is_applied and codes
        else {}
    )
    fates = [
        FateAnswer(
            index=fate.index, code=fate.code, outcome=fate.outcome, is_mended=fate.is_mended,
            reasons=list(fate.reasons), shortfalls=_short(fallen.get(fate.code or "", ())),
        )
        for fate in done.fates
    ]  # fmt: skip
    return ImportedAnswer(is_applied=done.is_applied, fates=fates)


def _short(found: Sequence[Shortfall]) -> list[ShortfallAnswer]:
    return [ShortfallAnswer.model_validate(each, from_attributes=True) for each in found]


def _cities(request: Request) -> Cities:
    cities: Cities = request.app.state.cities
    return cities


async def _body(request: Request) -> bytes:
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > MOST_BYTES:
            raise InvalidField("body", say("at most 20 MB; send it in parts"))
        parts.append(part)
    return b"".join(parts)


@router.get("/cases/{case_id}/territory")
async def get_case_territory(
    case_id: UUID,
    caller: AllocationManager,
    session: Read,
    now: Now,
    on: Annotated[Day | None, Query(description="a day; today when left out")] = None,
) -> PlaceAnswer:
    """In which territory a case lies, and why."""
    zone = await cases.zone_of(session, case_id)
    if zone is None:
        raise CaseNotFound(str(case_id))
    day = on or local_day(now, zone)
    place = await cases.place_of(session, case_id, day)
    if place is None:
        raise CaseNotFound(str(case_id))
    return PlaceAnswer(
        case_id=case_id, on=day, code=place.code, name=place.name, basis=place.basis,
        nearest=place.nearest, nearest_m=place.nearest_m and round(place.nearest_m, 1),
        sentence=place.sentence,
    )  # fmt: skip
