"""Days as they were, beside their plans."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import Path, Query

from api.deps import Now, Read, Supervisor
from api.routing import Router
from api.schemas import Answer, Day, Instant
from map_ui.trail_view import trail_feature
from routing.underway.days.compare_day import compare_day

router = Router(prefix="/v1", tags=["supervisors: rounds underway"])


class ComparedAnswer(Answer):
    """A customer planned, visited, or both; places in the order count from 1. `late_s` is the
    begin's, negative for early."""

    case_id: UUID
    customer: str
    planned_nth: int | None
    nth: int | None
    planned_at: Instant | None
    began_at: Instant | None
    late_s: int | None
    planned_dwell_s: int | None
    dwell_s: int | None
    verdict: str | None


class ActualDayAnswer(Answer):
    """A day beside its plan. `in_order` of the visits planned and made were made in the planned
    order. Ways are GeoJSON geometries; distances in meters."""

    agent_id: UUID
    day: date
    revision: int
    planned: int
    made: int
    missed: int
    unplanned: int
    in_order: int
    planned_distance_m: float
    distance_m: float
    planned_way: dict[str, Any] | None
    way: dict[str, Any] | None
    stops: list[ComparedAnswer]


@router.get("/agents/{agent_id}/rounds/{day}/actual")
async def get_actual(
    agent_id: UUID,
    day: Annotated[Day, Path(description="a working day in the branch's zone")],
    caller: Supervisor,
    session: Read,
    now: Now,
    revision: Annotated[int | None, Query(ge=1, le=10_000)] = None,
) -> ActualDayAnswer:
    """What was planned for a day beside what pings and check-ins show: order, times, dwell, way and
    distance. Compared with the day's last plan, or the `revision` that is given."""
    its = await compare_day(session, agent_id, day, revision, now)
    found = its.comparison
    return ActualDayAnswer(
        agent_id=agent_id,
        day=day,
        revision=its.plan.revision,
        planned=found.planned,
        made=found.made,
        missed=found.missed,
        unplanned=found.unplanned,
        in_order=found.in_order,
        planned_distance_m=its.plan.distance_m,
        distance_m=its.trail.summary.distance_m,
        planned_way=its.plan.way,
        way=trail_feature(str(agent_id), its.trail)["geometry"],
        stops=[ComparedAnswer.model_validate(stop) for stop in found.stops],
    )
