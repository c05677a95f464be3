"""Where agents hand in cash: branch and bank counters with their opening hours."""

from datetime import time
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Path
from pydantic import Field

from api.deps import Admin, AnyStaff, Now, Read, Tx
from api.routing import Router
from api.schemas import Answer, Body, Instant, Lat, Lon, PositionAnswer, Text
from core.errors import InvalidField
from core.geometry import LatLon
from core.said import say
from identity import store as identity
from routing.deposit_points import store
from routing.deposit_points.deposit_point import WEEKDAYS, DepositPoint, OpenHours
from routing.deposit_points.open_deposit_point import close_deposit_point, open_deposit_point

router = Router(prefix="/v1/deposit-points", tags=["admin: deposit points"])

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
PointId = Annotated[UUID, Path(description="made by the caller; may be sent again")]


class HoursBody(Body):
    """Open from one time to another on some weekdays, by the branch's clock."""

    weekdays: Annotated[list[Weekday], Field(min_length=1, max_length=7)]
    from_time: time
    to_time: time


class DepositPointBody(Body):
    """A counter that takes cash."""

    branch_code: str
    name: Text
    kind: Literal["branch", "bank"]
    lat: Lat
    lon: Lon
    service_s: Annotated[int, Field(ge=60, le=3600, description="how long handing in takes")] = 600
    hours: Annotated[list[HoursBody], Field(max_length=50)]

    def open_hours(self) -> tuple[OpenHours, ...]:
        """The domain's values, a row for each weekday. Raises `InvalidField` for zoned times."""
        for number, one in enumerate(self.hours):
            if one.from_time.tzinfo or one.to_time.tzinfo:
                raise InvalidField(f"hours.{number}", say("times without a zone, such as 09:00"))
        return tuple(
            OpenHours(WEEKDAYS.index(day), one.from_time, one.to_time)
            for one in self.hours
            for day in one.weekdays
        )


class HoursAnswer(Answer):
    """Opening hours of one weekday."""

    weekday: Weekday
    from_time: time
    to_time: time


class DepositPointAnswer(Answer):
    """A deposit point; `closed_at` is empty while rounds may go there."""

    id: UUID
    branch_id: UUID
    name: str
    kind: str
    position: PositionAnswer
    service_s: int
    hours: list[HoursAnswer]
    made_at: Instant
    closed_at: Instant | None


@router.get("")
async def get_deposit_points(caller: AnyStaff, session: Read) -> list[DepositPointAnswer]:
    """The open deposit points of the caller's branches, by name."""
    return [_answer(one) for one in await store.deposit_points(session)]


@router.put("/{id}")
async def put_deposit_point(
    id: PointId,  # noqa: A002
    body: DepositPointBody,
    caller: Admin,
    session: Tx,
    now: Now,
) -> DepositPointAnswer:
    """Open a deposit point. The same again gets the same answer; for other hours close it and open
    another, so that old rounds still say where they went."""
    branch = await identity.branch_by_code(session, body.branch_code)
    point = DepositPoint(
        id, branch.id, body.name, body.kind, LatLon(body.lat, body.lon), body.service_s,
        body.open_hours(),
    )  # fmt: skip
    return _answer(await open_deposit_point(session, caller.id, point, body.digest(), now))


@router.delete("/{id}")
async def delete_deposit_point(
    id: PointId,  # noqa: A002
    caller: Admin,
    session: Tx,
    now: Now,
) -> DepositPointAnswer:
    """Close a deposit point: no new round goes there. Closing it again changes nothing."""
    return _answer(await close_deposit_point(session, id, caller.id, now))


def _answer(stored: store.StoredDepositPoint) -> DepositPointAnswer:
    point = stored.point
    return DepositPointAnswer(
        id=point.id, branch_id=point.branch_id, name=point.name, kind=point.kind,
        position=PositionAnswer.model_validate(point.position), service_s=point.service_s,
        hours=[
            HoursAnswer(
                weekday=WEEKDAYS[h.weekday],  # type: ignore[arg-type]
                from_time=h.from_time, to_time=h.to_time,
            )
            for h in point.hours
        ],
        made_at=stored.made_at, closed_at=stored.closed_at,
    )  # fmt: skip
