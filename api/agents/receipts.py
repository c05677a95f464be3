"""Taking payments."""

import hashlib
from contextlib import suppress
from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from fastapi import Request
from pydantic import Field, field_validator, model_validator

from api.agents.deposits import DenominationAnswer, DenominationBody
from api.auditing import RecordChange
from api.deps import Agent, Now, Tx, database_of, is_synced, now_of
from api.desk.note_bodies import GivenCauseBody
from api.routing import Router
from api.schemas import Answer, Body, FactId, FixBody, Instant, Moment, MoneyAnswer, MoneyBody, Text
from collection.custody.denominations import Denomination
from collection.custody.errors import OverCashLimit
from collection.custody.over_limit import report_over_limit
from collection.errors import CaseNotFound
from collection.field_notes.causes.explain_amount import Explained, collect_explained, known_of
from collection.field_notes.disposition import GivenCause
from collection.portfolio.waterfall import Head
from collection.receipts.codes.issue_code import ask_for_code
from collection.receipts.collect_together import Outcome, Sent, goes_together
from collection.receipts.loan_card import LoanCard
from collection.receipts.meanwhile.handed_on import HANDED_ON, as_handed_on
from collection.receipts.meanwhile.news import Kind, Known, Way
from collection.receipts.meanwhile.tell_news import tell_news
from collection.receipts.place import NoFix
from collection.receipts.receipt import Number
from collection.receipts.report import Offline, ReceiptReport
from collection.receipts.tender import Tender
from core.errors import DomainError
from core.gathered import Gathered
from core.money import Money
from core.said import say
from data.session import Database, Scope
from identity.principal import Principal

router = Router(prefix="/v1/agent", tags=["agent: receipts"])


class OfflineBody(Body):
    """That it was taken offline: the lease, and the receipt's number under it (1, 2, 3 …)."""

    lease_id: UUID
    number: Annotated[int, Field(ge=1, le=10**6)]


class LoanCardBody(Body):
    """The customer's own loan card: where on it the receipt stands, or why it does not."""

    place: Annotated[str, Field(min_length=1, max_length=60)] | None = None
    missing_because: Annotated[str, Field(min_length=3, max_length=200)] | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.place is None) == (self.missing_because is None):
            raise ValueError(say("place, or missing_because when the card was not at hand"))
        return self

    def card(self) -> LoanCard:
        """The domain's value."""
        return LoanCard(self.place, self.missing_because)


ModeDetails = Annotated[
    dict[Annotated[str, Field(pattern="^[a-z_]{1,30}$")], Text],
    Field(max_length=8, description="what the mode asks beside its reference: bank, dated_on, …"),
]


class TenderBody(Body):
    """Notes and coins that were handed over, and the change that went back: less the change they
    make the amount."""

    denominations: Annotated[list[DenominationBody], Field(min_length=1, max_length=50)]
    change: MoneyBody | None = None

    def tender(self, currency: str) -> Tender:
        """The domain's value, for an amount of a currency."""
        counted = tuple(Denomination(d.face_minor, d.count) for d in self.denominations)
        back = self.change
        return Tender(
            counted, Money(back.amount_minor, back.currency) if back else Money(0, currency)
        )


class PaidBody(Body):
    """What a customer paid, with the reference and the details that its mode must have."""

    case_id: UUID
    amount: MoneyBody
    mode: Annotated[str, Field(pattern="^[a-z_]{1,20}$", description="cash, card, upi, …")]
    mode_reference: Text | None = None
    mode_details: ModeDetails = {}
    loan_card: LoanCardBody | None = None
    one_time_code: Annotated[str, Field(pattern=r"^\d{6}$")] | None = None
    cause: GivenCauseBody | None = Field(None, description="why it is not what is due")


_LATER_MEMBERS = (
    "offline", "mode_details", "loan_card", "one_time_code", "cause", "known", "tender",
    "amount_words", "no_fix_because",
)  # fmt: skip


class KnownBody(Body):
    """What the phone knew of the case: as of when, and what was due before this payment then."""

    as_of: Moment
    due_minor: Annotated[int, Field(ge=0, le=10**15)]


class ReceiptBody(PaidBody):
    """Money taken from a customer. With `known`, the answer tells what happened since."""

    taken_at: Moment
    fix: FixBody | None = None
    offline: OfflineBody | None = None
    known: KnownBody | None = None
    tender: TenderBody | None = None
    no_fix_because: NoFix | None = Field(None, description="why the phone has no `fix` to show")
    amount_words: (
        Annotated[
            str,
            Field(
                min_length=1,
                max_length=300,
                pattern=r"^[^\x00]*$",
                description="the amount in words, as the customer was told it",
            ),
        ]
        | None
    ) = None

    def digest(self) -> bytes:
        """As of bodies of phones that do not know of these members, where there is none."""
        without = {name for name in _LATER_MEMBERS if not getattr(self, name)}
        return hashlib.sha256(self.model_dump_json(exclude=without).encode()).digest()

    def report(self, receipt_id: UUID) -> ReceiptReport:
        """The domain's value."""
        fix = self.fix.fix() if self.fix else None
        offline = Offline(self.offline.lease_id, self.offline.number) if self.offline else None
        return ReceiptReport(
            receipt_id, self.case_id, Money(self.amount.amount_minor, self.amount.currency),
            self.mode, self.mode_reference, self.taken_at, fix, self.digest(), offline,
            self.mode_details, self.loan_card.card() if self.loan_card else None,
            self.one_time_code,
            self.tender.tender(self.amount.currency) if self.tender else None, self.amount_words,
            why_no_fix=None if fix else self.no_fix_because,
        )  # fmt: skip


class AllocationAnswer(Answer):
    """The part of a receipt that pays a demand, and head by head what of it."""

    demand_id: UUID
    due_on: date
    amount: MoneyAnswer
    heads: dict[Head, MoneyAnswer]


class LoanCardAnswer(Answer):
    """Where on the customer's loan card the receipt stands, or why it does not."""

    place: str | None
    missing_because: str | None


class TenderAnswer(Answer):
    """Notes and coins that were handed over, highest face first, and the change."""

    denominations: list[DenominationAnswer]
    change: MoneyAnswer


class CodeAskedAnswer(Answer):
    """That a code is on its way to the customer of a case."""

    case_id: UUID


class NewsAnswer(Answer):
    """What happened to the case that the phone did not know. `paid`: `amount` came in by `way`.
    `handed_on`: the case is with `agent` now. `due_changed`: `amount` was due when this came."""

    kind: Kind
    at: Instant | None
    amount: MoneyAnswer | None
    way: Way | None
    agent: str | None


class ReceiptAnswer(Answer):
    """The receipt. `outstanding` and `headroom` are what was left once it was taken;
    `provisional_number` is what the phone printed for it while it was offline. `asks_cause`: it is
    not what was due, and somebody is to say why."""

    id: UUID
    number: str
    provisional_number: str | None
    case_id: UUID
    amount: MoneyAnswer
    mode: str
    mode_reference: str | None
    mode_details: dict[str, str]
    loan_card: LoanCardAnswer | None
    tender: TenderAnswer | None
    amount_words: str | None
    taken_at: Instant
    received_at: Instant
    distance_m: float | None
    flags: list[str]
    allocations: list[AllocationAnswer]
    advance: MoneyAnswer
    suspense: MoneyAnswer
    outstanding: MoneyAnswer
    headroom: MoneyAnswer
    asks_cause: bool = False
    meanwhile: list[NewsAnswer] = []

    @field_validator("number", mode="before")
    @classmethod
    def _printed(cls, number: object) -> object:
        return number.text if isinstance(number, Number) else number


@router.post("/cases/{id}/one-time-code", status_code=202)
async def post_one_time_code(
    id: UUID,  # noqa: A002
    agent: Agent,
    session: Tx,
    now: Now,
) -> CodeAskedAnswer:
    """Have a code sent to the customer, who tells it once the cash is paid. Nobody else sees it."""
    await ask_for_code(session, id, now)
    return CodeAskedAnswer(case_id=id)


@router.put("/receipts/{id}")
async def put_receipt(
    id: FactId,  # noqa: A002
    body: ReceiptBody,
    agent: Agent,
    request: Request,
) -> ReceiptAnswer:
    """Take a payment. It pays the oldest demands; an odd place is flagged, never refused. Taken
    while the case was yours, it is taken down although the case has gone to another agent, and
    flagged `handed_on`."""
    database, now = database_of(request), now_of(request)
    record = RecordChange(request.scope, agent, now)
    report, given = body.report(id), body.cause.cause() if body.cause else None
    try:
        alone = given is not None or not goes_together(report)
        taken = None if alone else await _take_together(request, agent, report, now, record)
        scope = _branch(agent)
        if taken is None:
            taken, scope = await _take(
                database, agent, report, given, now, record, was_offline=is_synced(request)
            )
    except OverCashLimit as refused:
        # The refusal has undone its transaction; that a supervisor should act on it outlives it.
        async with database.transaction(agent.scope) as session:
            await report_over_limit(session, agent.id, body.case_id, refused, now)
        raise
    answer = ReceiptAnswer.model_validate(taken.receipt)
    answer.asks_cause = taken.asks_cause
    if body.known:
        known = Known(body.known.as_of, Money(body.known.due_minor, body.amount.currency))
        async with database.transaction(scope, read_only=True) as session:
            news = await tell_news(session, agent.id, taken.receipt, known)
        answer.meanwhile = [NewsAnswer.model_validate(each) for each in news]
    return answer


def _branch(agent: Principal, lender_id: UUID | None = None) -> Scope:
    """All of the agent's branch, and of one that had lent a case: cases that went to somebody else,
    and what others were paid."""
    own = agent.scope.branch_ids
    assert own is not None, "an agent sees branches by name"
    return Scope((*own, lender_id) if lender_id and lender_id not in own else own)


async def _take_together(
    request: Request,
    agent: Principal,
    report: ReceiptReport,
    now: datetime,
    record: RecordChange,
) -> Explained | None:
    """The receipt, taken down with those that came at the same time; None where it has to be taken
    alone."""
    together: Gathered[Sent, Outcome] = request.app.state.receipts
    outcome = await together.ask(Sent(agent.id, agent.scope, report, now, record.event()))
    if outcome is None:
        return None
    if isinstance(outcome, DomainError):
        raise outcome
    record.is_done()
    return known_of(outcome)


async def _take(
    database: Database,
    agent: Principal,
    report: ReceiptReport,
    given: GivenCause | None,
    now: datetime,
    record: RecordChange,
    *,
    was_offline: bool,
) -> tuple[Explained, Scope]:
    """The receipt, and in whose sight its case is."""
    with suppress(CaseNotFound):
        async with database.transaction(agent.scope) as session:
            taken = await collect_explained(
                session, agent.id, report, given, now, was_offline=was_offline
            )
            # Of one whose case is gone the agent sees the half: it is answered below.
            if HANDED_ON not in taken.receipt.flags:
                await record(session)
                return taken, _branch(agent)
    async with database.transaction(agent.scope, read_only=True) as session:
        report, branch_id = await as_handed_on(session, report)
    scope = _branch(agent, branch_id)
    async with database.transaction(scope) as session:
        taken = await collect_explained(
            session, agent.id, report, given, now, was_offline=was_offline
        )
        await record(session)
    return taken, scope
