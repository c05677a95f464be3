"""Reports that somebody asked for once, and the files that were made."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Path, Response
from pydantic import Field

from api.cursor import Limit
from api.deps import Now, Read, ReportReader, Tx
from api.routing import Router
from api.schemas import Answer, Body, Day, Instant
from collection.figures.period import Grouping
from map_ui.figures_file import MEDIA_TYPES, Format
from map_ui.reports import store
from map_ui.reports.errors import ReportNotFound
from map_ui.reports.subscribe import subscribe, unsubscribe
from map_ui.reports.subscription import Every, Subscription

router = Router(prefix="/v1", tags=["figures"])

SubscriptionId = Annotated[UUID, Path(description="made by the caller; may be sent again")]


class SubscriptionBody(Body):
    """A report of all figures of a branch and all below it, for each day, week or month; sent to
    `email`, too, where one is given."""

    branch: Annotated[str, Field(min_length=1, max_length=20)]
    every: Every
    by: Literal["day", "branch", "agent", "product"]
    format: Format
    email: Annotated[str, Field(max_length=254)] | None = None


class SubscriptionAnswer(Answer):
    """What reports are made for the caller."""

    id: UUID
    branch: str
    every: Every
    grouping: Grouping
    format: Format
    email: str | None
    made_at: Instant


class SubscriptionsAnswer(Answer):
    """The caller's subscriptions."""

    items: list[SubscriptionAnswer]


class ReportAnswer(Answer):
    """A report that was made."""

    subscription_id: UUID
    first_day: date
    last_day: date
    name: str
    made_at: Instant


class ReportsAnswer(Answer):
    """The last reports made for the caller, the newest first."""

    items: list[ReportAnswer]


@router.get("/report-subscriptions")
async def get_subscriptions(caller: ReportReader, session: Read) -> SubscriptionsAnswer:
    """The caller's subscriptions."""
    found = await store.subscriptions(session, caller.id)
    return SubscriptionsAnswer(items=[SubscriptionAnswer.model_validate(one) for one in found])


@router.put("/report-subscriptions/{id}")
async def put_subscription(
    id: SubscriptionId,  # noqa: A002
    body: SubscriptionBody,
    caller: ReportReader,
    session: Tx,
    now: Now,
) -> SubscriptionAnswer:
    """Have reports made in the hour after a day, week or month is over, beginning with the last."""
    wanted = Subscription(
        id, body.branch, body.every, Grouping(body.by), body.format, now, None, body.email
    )
    return SubscriptionAnswer.model_validate(await subscribe(session, caller.id, wanted))


@router.delete("/report-subscriptions/{id}", status_code=204)
async def delete_subscription(
    id: UUID,  # noqa: A002
    caller: ReportReader,
    session: Tx,
    now: Now,
) -> None:
    """Have no more reports made. Those that were stay."""
    await unsubscribe(session, caller.id, id, now)


@router.get("/reports")
async def get_reports(caller: ReportReader, session: Read, limit: Limit = 50) -> ReportsAnswer:
    """The last reports made for the caller."""
    found = await store.reports(session, caller.id, limit)
    return ReportsAnswer(items=[ReportAnswer.model_validate(one) for one in found])


@router.get("/reports/{subscription_id}/{last_day}", response_class=Response)
async def get_report(
    subscription_id: UUID, last_day: Day, caller: ReportReader, session: Read
) -> Response:
    """A report's file, as it was made."""
    found = await store.content(session, subscription_id, last_day, caller.id)
    if found is None:
        raise ReportNotFound(f"{subscription_id}/{last_day}")
    name, content = found
    kind = next(kind for ending, kind in MEDIA_TYPES.items() if name.endswith(ending))
    return Response(
        content,
        media_type=kind,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
