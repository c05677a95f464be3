"""Figures of the work: as an answer, as files, with their definitions; rolls between buckets."""

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import Depends, Query, Response
from fastapi.concurrency import run_in_threadpool

from api.deps import Leader, Now, Read
from api.routing import Router
from api.schemas import Answer, Day, MoneyAnswer
from collection.figures.figure import FIGURES, Unit, chosen
from collection.figures.period import Grouping, Question
from collection.figures.read_figures import read_figures
from collection.figures.rolls.roll import rates
from collection.figures.rolls.store import rolls
from collection.portfolio.products.store import bucket_ranks
from core.money import Money
from identity import store as identity
from identity.errors import BranchNotFound
from identity.principal import Principal
from identity.store import BranchView
from map_ui.figures_file import MEDIA_TYPES, figures_file

router = Router(prefix="/v1", tags=["figures"])

Name = Annotated[str, Query(max_length=60)]
Currency = Annotated[
    str | None, Query(pattern="^[A-Z]{3}$", description="ISO 4217; without it, the branch's own")
]
FILE: dict[int | str, dict[str, Any]] = {
    200: {"content": {kind: {} for kind in MEDIA_TYPES.values()}}
}


class FigureAnswer(Answer):
    """A figure's definition. `is_level` says that it stands at the end of a day and is not summed
    up over days."""

    name: str
    label: str
    unit: Unit
    words: str
    is_level: bool
    has_target: bool


class RowAnswer(Answer):
    """A group: `key` is the first day of a period, a branch's code, an agent's id, or a product.

    Money is in minor units, a share 1 for all, a distance in meters; a ratio to nothing is null,
    and so is a way of which nothing was measured.
    """

    key: str
    label: str
    values: dict[str, int | float | None]
    targets: dict[str, int]


class FiguresAnswer(Answer):
    """The groups in order, and all together."""

    first: date
    last: date
    by: Grouping
    currency: str
    figures: list[FigureAnswer]
    rows: list[RowAnswer]
    total: RowAnswer


class BucketAnswer(Answer):
    """What became of the accounts that opened the month in a bucket, as shares of principal."""

    bucket: str
    cases: int
    principal: MoneyAnswer
    forward: float | None
    stayed: float | None
    back: float | None
    normalized: float | None
    resolution: float | None


class RollAnswer(Answer):
    """How many accounts went from one bucket to another since the month began."""

    from_bucket: str
    to_bucket: str
    cases: int
    principal: MoneyAnswer
    overdue: MoneyAnswer


class RollsAnswer(Answer):
    """Rolls of the month of `day`, the last ended day asked for; null before any has ended."""

    day: date | None
    buckets: list[BucketAnswer]
    rolls: list[RollAnswer]


async def _question(
    caller: Leader,
    session: Read,
    first: Annotated[Day, Query(alias="from")],
    last: Annotated[Day, Query(alias="to", description="included")],
    by: Grouping = Grouping.ALL,
    branch: Annotated[str | None, Query(max_length=20, description="and all below it")] = None,
    agent_id: UUID | None = None,
    product: Annotated[str | None, Query(max_length=60)] = None,
    currency: Currency = None,
) -> Question:
    """What is asked for. Raises `BranchNotFound`."""
    return Question(
        first, last, by, currency or (await branch_asked(session, caller, branch)).currency, branch,
        agent_id, product,
    )  # fmt: skip


async def branch_asked(session: Read, caller: Principal, branch: str | None) -> BranchView:
    """A branch in scope, or the caller's own. Raises `BranchNotFound`."""
    for known in await identity.branches(session):
        if known.code == branch or (branch is None and known.id == caller.branch_id):
            return known
    raise BranchNotFound(branch or str(caller.branch_id))


Asked = Annotated[Question, Depends(_question, scope="function")]
Figures = Annotated[tuple[Name, ...], Query(description="names; all without it")]


@router.get("/figures")
async def get_figures(
    caller: Leader, asked: Asked, session: Read, now: Now, figure: Figures = ()
) -> FiguresAnswer:
    """Figures of a span of days, by day, week, month, branch, agent or product. Today is counted
    as it stands now. The groups add up to the total, whatever they are."""
    report = await read_figures(session, asked, chosen(figure), now)
    return FiguresAnswer(
        first=asked.first,
        last=asked.last,
        by=asked.grouping,
        currency=asked.currency,
        figures=[FigureAnswer.model_validate(each) for each in report.figures],
        rows=[RowAnswer.model_validate(row) for row in report.rows],
        total=RowAnswer.model_validate(report.total),
    )


@router.get("/figures.{extension}", response_class=Response, responses=FILE)
async def get_figures_file(
    extension: Literal["csv", "xlsx", "pdf"],
    caller: Leader,
    asked: Asked,
    session: Read,
    now: Now,
    figure: Figures = (),
) -> Response:
    """The same as a file. No cell is taken for a formula by a spreadsheet."""
    report = await read_figures(session, asked, chosen(figure), now)
    named = f"figures-{asked.first}-{asked.last}.{extension}"
    # Setting type takes a while, in which others would wait.
    there = now.astimezone(ZoneInfo((await branch_asked(session, caller, asked.branch)).zone))
    content = await run_in_threadpool(figures_file, report, extension, there)
    return Response(
        content,
        media_type=MEDIA_TYPES[extension],
        headers={"Content-Disposition": f'attachment; filename="{named}"'},
    )


@router.get("/figures/definitions")
async def get_definitions(caller: Leader) -> list[FigureAnswer]:
    """What each figure means."""
    return [FigureAnswer.model_validate(figure) for figure in FIGURES.values()]


@router.get("/figures/rolls")
async def get_rolls(caller: Leader, asked: Asked, session: Read, now: Now) -> RollsAnswer:
    """How accounts rolled from bucket to bucket since the month of the last ended day began."""
    day, found = await rolls(session, asked, now)
    ranks = await bucket_ranks(session)
    currency = asked.currency
    return RollsAnswer(
        day=day,
        buckets=[
            BucketAnswer(
                bucket=each.bucket, cases=each.cases,
                principal=MoneyAnswer.model_validate(Money(each.principal_minor, currency)),
                forward=each.forward, stayed=each.stayed, back=each.back,
                normalized=each.normalized, resolution=each.resolution,
            )
            for each in rates(found, ranks)
        ],
        rolls=[
            RollAnswer(
                from_bucket=each.from_bucket, to_bucket=each.to_bucket, cases=each.cases,
                principal=MoneyAnswer.model_validate(Money(each.principal_minor, currency)),
                overdue=MoneyAnswer.model_validate(Money(each.overdue_minor, currency)),
            )
            for each in found
        ],
    )  # fmt: skip
