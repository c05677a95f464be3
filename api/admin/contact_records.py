"""What people put on record for contact rules: wishes, holds, facts, meetings, holidays."""

from datetime import date, time
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Path, Query
from pydantic import Field

from api.deps import Admin, AllocationManager, Now, Read, Supervisor, Tx
from api.once import Once
from api.routing import Router
from api.schemas import Answer, Body, Day, Instant, Text
from collection.gate.kinds import FactName, HoldKind, PlaceKind
from collection.gate.records import store
from collection.gate.records.leave_alone import (
    NewHold,
    NewPreference,
    check_customer,
    lift_hold,
    record_hold,
    record_preference,
    withdraw_preference,
)
from collection.gate.records.put_on_record import (
    NewFact,
    NewHoliday,
    declare_holiday,
    record_fact,
    record_meeting,
    set_product_class,
)
from collection.gate.rule import Channel, ProductClass
from collection.gate.rulebook.change_rule import branch_id_of
from collection.portfolio.advances.shift_dues import shift_coming_dues

router = Router(prefix="/v1", tags=["contact rules: on record"])

Weekday = Annotated[int, Field(ge=1, le=7)]
Clock = Annotated[time, Field(description="by the clock, without a zone")]
HolidayKind = Literal["national", "state", "branch", "religious", "working_day"]


class IdAnswer(Answer):
    """The id of what was put on record."""

    id: UUID


class HoldBody(Body):
    """Why and when a customer is left alone; both days belong to it."""

    kind: HoldKind
    first_day: Day
    last_day: Day | None = None
    note: Text
    account_id: UUID | None = None


class HoldAnswer(Answer):
    """A hold as it stands."""

    id: UUID
    account_id: UUID | None
    kind: HoldKind
    first_day: date
    last_day: date | None
    note: str
    recorded_at: Instant
    recorded_by: UUID | None
    lifted_at: Instant | None
    lifted_by: UUID | None


class PreferenceBody(Body):
    """When and how a customer wishes to be contacted; no channels or weekdays means all."""

    channels: list[Channel] = []
    weekdays: Annotated[list[Weekday], Field(max_length=7)] = []
    not_before: Clock | None = None
    not_after: Clock | None = None
    places_banned: list[PlaceKind] = []
    is_opted_out: bool = False
    first_day: Day
    last_day: Day | None = None
    source: Text


class PreferenceAnswer(Answer):
    """A wish as it stands."""

    id: UUID
    channels: list[Channel]
    weekdays: list[int]
    not_before: time | None
    not_after: time | None
    places_banned: list[PlaceKind]
    is_opted_out: bool
    first_day: date
    last_day: date | None
    source: str
    recorded_at: Instant
    recorded_by: UUID | None
    withdrawn_at: Instant | None
    withdrawn_by: UUID | None


class FactBody(Body):
    """Something that a rule asks for. `subject_id` is a customer, or for an agent's certificate an
    agent; `rule_code` the rule that an `override` or `evidence` is for."""

    name: FactName | Literal["override", "evidence"]
    subject_id: UUID
    rule_code: Text | None = None
    first_day: Day
    last_day: Day | None = None
    evidence: Text


class MeetingBody(Body):
    """Whether somebody came."""

    has_attended: bool


class MeetingAnswer(Answer):
    """Whether somebody came to a meeting, as it stands."""

    case_id: UUID
    meeting_on: date
    has_attended: bool


class HolidayBody(Body):
    """What holds on a day of a calendar. Times are what of a half day is closed; `working_day`
    says that the calendar is wrong."""

    branch: str
    calendar: str
    day: Day
    name: Text
    kind: HolidayKind
    closed_from: Clock | None = None
    closed_to: Clock | None = None


class HolidayAnswer(Answer):
    """A declared day. `branch` is null when it is none of yours."""

    id: UUID
    branch: str | None
    calendar: str
    day: date
    name: str
    kind: HolidayKind
    closed_from: time | None
    closed_to: time | None
    declared_at: Instant


class ProductClassBody(Body):
    """What a product is to rules."""

    product_class: ProductClass


class ProductClassAnswer(Answer):
    """A product code with its class; without one every rule is taken to be about it."""

    product_code: str
    product_class: ProductClass | None
    set_at: Instant | None


@router.get("/customers/{id}/holds")
async def get_holds(
    id: UUID,  # noqa: A002
    caller: Supervisor,
    session: Read,
) -> list[HoldAnswer]:
    """A customer's holds, the newest first."""
    await check_customer(session, id)
    return [HoldAnswer.model_validate(row) for row in await store.holds(session, id)]


@router.post("/customers/{id}/holds", status_code=201)
async def post_hold(
    id: UUID,  # noqa: A002
    body: HoldBody,
    caller: Supervisor,
    session: Tx,
    now: Now,
    once: Once,
) -> IdAnswer:
    """Leave a customer alone for a time. While it lasts no contact of any kind is allowed."""
    hold = NewHold(body.kind, body.first_day, body.last_day, body.note, body.account_id)

    async def act() -> IdAnswer:
        return IdAnswer(id=await record_hold(session, id, hold, caller.id, now))

    return await once(body, IdAnswer, act)


@router.post("/holds/{id}/lift", status_code=204)
async def post_lift(
    id: UUID,  # noqa: A002
    caller: Supervisor,
    session: Tx,
    now: Now,
) -> None:
    """End a hold: the customer may be contacted again from this day on."""
    await lift_hold(session, id, caller.id, now)


@router.get("/customers/{id}/contact-preferences")
async def get_preferences(
    id: UUID,  # noqa: A002
    caller: Supervisor,
    session: Read,
) -> list[PreferenceAnswer]:
    """A customer's wishes, the newest first."""
    await check_customer(session, id)
    return [PreferenceAnswer.model_validate(row) for row in await store.preferences(session, id)]


@router.post("/customers/{id}/contact-preferences", status_code=201)
async def post_preference(
    id: UUID,  # noqa: A002
    body: PreferenceBody,
    caller: Supervisor,
    session: Tx,
    now: Now,
    once: Once,
) -> IdAnswer:
    """Keep a customer's wish. It narrows what rules leave open and never widens it."""
    wish = NewPreference(
        tuple(body.channels), tuple(body.weekdays), body.not_before, body.not_after,
        tuple(body.places_banned), body.is_opted_out, body.first_day, body.last_day, body.source,
    )  # fmt: skip

    async def act() -> IdAnswer:
        return IdAnswer(id=await record_preference(session, id, wish, caller.id, now))

    return await once(body, IdAnswer, act)


@router.post("/contact-preferences/{id}/withdraw", status_code=204)
async def post_withdraw(
    id: UUID,  # noqa: A002
    caller: Supervisor,
    session: Tx,
    now: Now,
) -> None:
    """End a wish, as the customer asked."""
    await withdraw_preference(session, id, caller.id, now)


@router.post("/contact-facts", status_code=201)
async def post_fact(
    body: FactBody, caller: Supervisor, session: Tx, now: Now, once: Once
) -> IdAnswer:
    """Put on record what rules ask for: what is not on record counts as not so."""
    fact = NewFact(
        str(body.name), body.subject_id, body.first_day, body.last_day, body.evidence,
        body.rule_code,
    )  # fmt: skip

    async def act() -> IdAnswer:
        return IdAnswer(id=await record_fact(session, fact, caller.id, now))

    return await once(body, IdAnswer, act)


@router.put("/cases/{id}/meetings/{meeting_on}")
async def put_meeting(
    id: UUID,  # noqa: A002
    meeting_on: Day,
    body: MeetingBody,
    caller: Supervisor,
    session: Tx,
    now: Now,
) -> MeetingAnswer:
    """Say whether a case's customer came to a meeting. The newest word counts, all are kept."""
    await record_meeting(session, id, meeting_on, body.has_attended, caller.id, now)
    return MeetingAnswer(case_id=id, meeting_on=meeting_on, has_attended=body.has_attended)


@router.get("/contact-holidays")
async def get_holidays(
    branch: str,
    year: Annotated[int, Query(ge=2000, le=2100)],
    caller: AllocationManager,
    session: Read,
) -> list[HolidayAnswer]:
    """The days that a branch or one above it has declared, beside the calendars."""
    branch_id = await branch_id_of(session, branch)
    found = await store.holidays(session, branch_id, year)
    return [HolidayAnswer.model_validate(each) for each in found]


@router.post("/contact-holidays", status_code=201)
async def post_holiday(
    body: HolidayBody, caller: Admin, session: Tx, now: Now, once: Once
) -> IdAnswer:
    """Declare a holiday, a half day, or a working day that a calendar has wrong."""
    holiday = NewHoliday(
        body.calendar, body.day, body.name, body.kind, body.closed_from, body.closed_to
    )

    async def act() -> IdAnswer:
        holiday_id = await declare_holiday(session, body.branch, holiday, caller.id, now)
        await shift_coming_dues(session, body.branch, now)
        return IdAnswer(id=holiday_id)

    return await once(body, IdAnswer, act)


@router.get("/branches/{code}/product-classes")
async def get_product_classes(
    code: str, caller: AllocationManager, session: Read
) -> list[ProductClassAnswer]:
    """A branch's product codes and what they are to rules."""
    found = await store.product_classes(session, await branch_id_of(session, code))
    return [ProductClassAnswer.model_validate(row) for row in found]


@router.put("/branches/{code}/product-classes/{product_code}")
async def put_product_class(
    code: str,
    product_code: Annotated[str, Path(min_length=1, max_length=100)],
    body: ProductClassBody,
    caller: Admin,
    session: Tx,
    now: Now,
) -> ProductClassAnswer:
    """Say what a product code is to rules, for a branch and those below it."""
    await set_product_class(session, code, product_code, body.product_class, caller.id, now)
    return ProductClassAnswer(
        product_code=product_code, product_class=body.product_class, set_at=now
    )
