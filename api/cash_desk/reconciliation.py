"""What bank lines prove: open items, matches, and what people say of them."""

import csv
import io
from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Path, Query, Response
from pydantic import Field

from allocation.proposals.sheets.workbook import Cell, Sheet, written
from api.deps import CashDesk, Now, Read, Tx
from api.reader import Told
from api.routing import Router
from api.schemas import Answer, BecauseBody, Body, Instant, Text
from collection.reconciliation.accounts import store as bank_accounts
from collection.reconciliation.errors import BankAccountNotFound, ClaimNotFound
from collection.reconciliation.matches.confirm import confirm, match_by_hand
from collection.reconciliation.matches.match_account import match_account
from collection.reconciliation.matches.undo import undo
from collection.reconciliation.open_items import store
from collection.reconciliation.open_items.list_open import OpenItems, list_open
from collection.reconciliation.open_items.mark_line import MarkKind, mark_line, unmark_line
from core.formula import harmless
from core.money import Money

router = Router(prefix="/v1", tags=["cash desk: reconciliation"])

Ids = Annotated[list[UUID], Field(max_length=50)]
MatchId = Annotated[UUID, Path(description="made by the caller; may be sent again")]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FILE: dict[int | str, dict[str, Any]] = {200: {"content": {XLSX: {}, "text/csv": {}}}}


class LineAnswer(Answer):
    """A line of a statement; `age_days` are banking days."""

    id: UUID
    booked_on: date
    valued_on: date
    amount_minor: int
    currency: str
    bank_references: list[str]
    text: str
    bank_id: str | None
    is_reversal: bool
    age_days: int | None = None


class ClaimAnswer(Answer):
    """What says: this money is in the bank. `age_days` are banking days.

    An agent's deposit, a branch's remittance, or a receipt by transfer, card or wallet.
    """

    id: UUID
    kind: Literal["deposit", "receipt", "remittance"]
    branch: str
    agent: str
    made_on: date
    amount_minor: int
    currency: str
    reference: str | None
    about: str
    age_days: int | None = None


class AgedAnswer(Answer):
    """What is open for so many banking days."""

    bucket: str
    count: int
    amount_minor: int


class OpenItemsAnswer(Answer):
    """What is open on both sides, the oldest first, and by age."""

    today: date
    currency: str
    lines: list[LineAnswer]
    claims: list[ClaimAnswer]
    lines_by_age: list[AgedAnswer]
    claims_by_age: list[AgedAnswer]


class SetAsideAnswer(Answer):
    """A line that proves nothing, as somebody has said: what it is, and why."""

    line: LineAnswer
    kind: MarkKind
    reason: str
    made_at: Instant
    made_by: str | None


class AllSetAsideAnswer(Answer):
    """Lines that are set aside, the latest first."""

    items: list[SetAsideAnswer]


class MatchAnswer(Answer):
    """Lines and claims that belong together, or may; who said so, and why it was undone."""

    id: UUID
    tier: str
    score: float
    reasons: list[Told]
    state: str
    rank: int
    is_automatic: bool
    short_minor: int
    currency: str
    made_at: Instant
    matched_at: Instant | None
    matched_by: str | None
    note: str | None
    undone_at: Instant | None
    undone_by: str | None
    undone_because: str | None
    lines: list[LineAnswer]
    claims: list[ClaimAnswer]


class MatchesAnswer(Answer):
    """Matches, proposals with the best first."""

    items: list[MatchAnswer]


class FiguresAnswer(Answer):
    """What matching found."""

    matched: int
    proposed: int
    choices: int
    reopened: int


class ConfirmBody(Body):
    """A word on a match, if there is one to say."""

    note: Text | None = None


class ByHandBody(Body):
    """Lines of one account, and the claims that they prove. No claims: a reversal of two lines."""

    line_ids: Ids
    claim_ids: Ids = []
    note: Text | None = None


class MarkBody(Body):
    """What a line is that proves nothing."""

    kind: MarkKind
    reason: Text


@router.get("/bank-accounts/{id}/open-items")
async def get_open_items(
    id: UUID,  # noqa: A002
    caller: CashDesk,
    session: Read,
    now: Now,
    limit: Annotated[int, Query(ge=1, le=2000, description="most of each side")] = 500,
) -> OpenItemsAnswer:
    """Lines that prove nothing yet, money that no line shows, and how long by banking days."""
    found = await list_open(session, id, now)
    return OpenItemsAnswer(
        today=found.today,
        currency=found.account.currency,
        lines=[_line(line, age) for line, age in found.lines[:limit]],
        claims=[_claim(claim, age) for claim, age in found.claims[:limit]],
        lines_by_age=[AgedAnswer.model_validate(one) for one in found.lines_by_age],
        claims_by_age=[AgedAnswer.model_validate(one) for one in found.claims_by_age],
    )


def _line(line: store.OpenLine, age_days: int | None = None) -> LineAnswer:
    return LineAnswer.model_validate(line).model_copy(update={"age_days": age_days})


def _claim(claim: store.OpenClaim, age_days: int | None = None) -> ClaimAnswer:
    return ClaimAnswer.model_validate(claim).model_copy(update={"age_days": age_days})


@router.get("/bank-accounts/{id}/open-items.{extension}", responses=FILE, response_class=Response)
async def get_open_items_file(
    id: UUID,  # noqa: A002
    extension: Literal["xlsx", "csv"],
    caller: CashDesk,
    session: Read,
    now: Now,
) -> Response:
    """The open items as a workbook with two sheets, or as CSV with both below each other."""
    found = await list_open(session, id, now)
    name = f"open-items-{found.today}.{extension}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    if extension == "xlsx":
        return Response(written(_sheets(found)), media_type=XLSX, headers=headers)
    content = as_csv(_sheets(found))
    return Response(content, media_type="text/csv; charset=utf-8", headers=headers)


def _sheets(found: OpenItems) -> tuple[Sheet, Sheet]:
    lines: list[list[Cell]] = [
        [line.booked_on.isoformat(), age, Money(line.amount_minor, line.currency).units,
         line.currency, " ".join(line.bank_references), line.text]
        for line, age in found.lines
    ]  # fmt: skip
    claims: list[list[Cell]] = [
        [claim.made_on.isoformat(), age, Money(claim.amount_minor, claim.currency).units,
         claim.currency, claim.kind, claim.reference or "", claim.branch, claim.agent, claim.about]
        for claim, age in found.claims
    ]  # fmt: skip
    when = (("Day", 12), ("Banking days open", 18), ("Amount", 14), ("Currency", 10))
    return (
        Sheet("Bank lines", (*when, ("Reference", 24), ("Text", 60)), lines),
        Sheet(
            "Not at the bank",
            (*when, ("Kind", 10), ("Reference", 24), ("Branch", 20), ("Agent", 24), ("About", 24)),
            claims,
        ),
    )


def as_csv(sheets: Sequence[Sheet]) -> str:
    """The sheets below each other, each with its name and its heads."""
    target = io.StringIO()
    target.write("\ufeff")
    writer = csv.writer(target)
    for sheet in sheets:
        writer.writerow([sheet.name])
        writer.writerow([title for title, _ in sheet.columns])
        writer.writerows(
            [harmless(cell) if isinstance(cell, str) else cell for cell in row]
            for row in sheet.rows
        )
        writer.writerow([])
    return target.getvalue()


@router.get("/bank-accounts/{id}/set-aside")
async def get_set_aside(
    id: UUID,  # noqa: A002
    caller: CashDesk,
    session: Read,
    limit: Annotated[int, Query(ge=1, le=500)] = 200,
) -> AllSetAsideAnswer:
    """Lines of an account that were set aside, until they are opened again."""
    if await bank_accounts.account(session, id) is None:
        raise BankAccountNotFound(str(id))
    found = await store.marked_lines(session, id, limit=limit)
    return AllSetAsideAnswer(items=[SetAsideAnswer.model_validate(one) for one in found])


@router.get("/bank-accounts/{id}/matches")
async def get_matches(
    id: UUID,  # noqa: A002
    caller: CashDesk,
    session: Read,
    state: Literal["proposed", "matched", "undone"] = "proposed",
    limit: Annotated[int, Query(ge=1, le=500)] = 200,
) -> MatchesAnswer:
    """Matches of an account with their lines and claims. Of several proposals for a line, `rank`
    tells the order."""
    if await bank_accounts.account(session, id) is None:
        raise BankAccountNotFound(str(id))
    return await _with_parts(session, await store.matches(session, id, state, limit=limit))


@router.get("/claims/{id}/matches")
async def get_matches_of_claim(
    id: UUID,  # noqa: A002
    caller: CashDesk,
    session: Read,
) -> MatchesAnswer:
    """What proves a deposit or a receipt: its bank lines, and all matches that were undone."""
    if not await store.claims_by_id(session, [id]):
        raise ClaimNotFound(str(id))
    return await _with_parts(session, await store.matches_of_claim(session, id))


async def _with_parts(session: Read, found: Sequence[store.MatchFacts]) -> MatchesAnswer:
    line_ids = [id_ for one in found for id_ in one.line_ids]
    lines = await store.lines_by_id(session, line_ids, even_taken_back=True)
    claims = await store.claims_by_id(session, [id_ for one in found for id_ in one.claim_ids])
    return MatchesAnswer(
        items=[
            MatchAnswer(
                **{name: getattr(one, name) for name in FACTS},
                lines=[_line(lines[id_]) for id_ in one.line_ids],
                claims=[_claim(claims[id_]) for id_ in one.claim_ids if id_ in claims],
            )
            for one in found
        ]
    )


FACTS = tuple(name for name in MatchAnswer.model_fields if name not in ("lines", "claims"))


@router.post("/bank-accounts/{id}/match")
async def post_match(
    id: UUID,  # noqa: A002
    caller: CashDesk,
    session: Tx,
    now: Now,
) -> FiguresAnswer:
    """Match what is open again, for example once late deposits have come in."""
    return FiguresAnswer(**await match_account(session, id, now))


@router.post("/matches/{id}/confirm", status_code=204)
async def post_confirm(
    id: UUID,  # noqa: A002
    body: ConfirmBody,
    caller: CashDesk,
    session: Tx,
    now: Now,
) -> None:
    """Confirm a proposal. Nobody confirms a deposit or a receipt of their own."""
    await confirm(session, caller.id, id, body.note, now)


@router.put("/matches/{id}", status_code=204)
async def put_match(
    id: MatchId,  # noqa: A002
    body: ByHandBody,
    caller: CashDesk,
    session: Tx,
    now: Now,
) -> None:
    """Match lines with claims by hand. What the lines lack may be a charge of the bank."""
    await match_by_hand(session, caller.id, id, body.line_ids, body.claim_ids, body.note, now)


@router.post("/matches/{id}/undo", status_code=204)
async def post_undo(
    id: UUID,  # noqa: A002
    body: BecauseBody,
    caller: CashDesk,
    session: Tx,
    now: Now,
) -> None:
    """Undo a match, with a reason. The money is in transit again."""
    await undo(session, caller.id, id, body.because, now)


@router.put("/statement-lines/{id}/mark", status_code=204)
async def put_mark(
    id: UUID,  # noqa: A002
    body: MarkBody,
    caller: CashDesk,
    session: Tx,
    now: Now,
) -> None:
    """Say what a line is that proves nothing: a charge, something else, or disputed."""
    await mark_line(session, caller.id, id, body.kind, body.reason, now)


@router.post("/statement-lines/{id}/unmark", status_code=204)
async def post_unmark(
    id: UUID,  # noqa: A002
    body: BecauseBody,
    caller: CashDesk,
    session: Tx,
    now: Now,
) -> None:
    """Open a line again that was set aside."""
    await unmark_line(session, caller.id, id, body.because, now)
