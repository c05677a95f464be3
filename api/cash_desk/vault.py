"""The cash desk: counts of the vault, cashier to cashier, and remittances to the bank."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from api.agents.deposits import DenominationBody
from api.cash_desk.days import BranchCode
from api.cash_desk.deposits import CountBody
from api.cursor import Limit
from api.deps import CashDesk, Now, Read, Tx
from api.routing import Router
from api.schemas import Answer, Body, FactId, Instant, MoneyAnswer, MoneyBody, Text
from collection.custody.denominations import Denomination
from collection.custody.vault.count_vault import CountReport, confirm_count, count_vault
from collection.custody.vault.remit import RemittanceReport, remit
from collection.custody.vault.store import counts
from collection.custody.vault.vault_count import Occasion
from core.money import Money

router = Router(prefix="/v1/cash", tags=["cash desk"])


class VaultCountBody(Body):
    """All the cash that a branch holds, counted; `handed_by` is the cashier before."""

    branch_code: Text
    occasion: Occasion
    count: CountBody
    handed_by: UUID | None = None


class VaultCountAnswer(Answer):
    """The count beside what the ledger expected. What differs is in `GET /v1/cash-differences`."""

    id: UUID
    occasion: Occasion
    expected: MoneyAnswer
    counted: MoneyAnswer
    counted_by: UUID
    handed_by: UUID | None
    counted_at: Instant
    confirmed_at: Instant | None


class CountLine(VaultCountAnswer):
    """A count with the names of who counted and who handed over."""

    counter: str
    hander: str | None


class CountsAnswer(Answer):
    """The last counts of a branch's vault, the newest first."""

    items: list[CountLine]


class RemittanceBody(Body):
    """Cash that was paid in at the bank, with the number of its slip."""

    branch_code: Text
    amount: MoneyBody
    denominations: Annotated[list[DenominationBody], Field(max_length=50)]
    slip_no: Text


class RemittanceAnswer(Answer):
    """A remittance; `proven` is what the bank's statements show of it."""

    id: UUID
    amount: MoneyAnswer
    slip_no: str
    remitted_at: Instant
    proven: MoneyAnswer


@router.get("/vault-counts")
async def get_vault_counts(
    branch: BranchCode, caller: CashDesk, session: Read, limit: Limit = 20
) -> CountsAnswer:
    """The last counts of a branch's vault, the newest first; handovers wait to be confirmed."""
    return CountsAnswer(
        items=[
            CountLine(
                **VaultCountAnswer.model_validate(one.count).model_dump(),
                counter=one.counter,
                hander=one.hander,
            )
            for one in await counts(session, branch, limit)
        ]
    )


@router.put("/vault-counts/{id}")
async def put_vault_count(
    id: FactId,  # noqa: A002
    body: VaultCountBody,
    caller: CashDesk,
    session: Tx,
    now: Now,
) -> VaultCountAnswer:
    """Take down a count; the ledger agrees with it, and who counted answers for the vault."""
    report = CountReport(
        id, body.branch_code, body.occasion, body.count.count(), body.handed_by, body.digest()
    )
    return VaultCountAnswer.model_validate(await count_vault(session, caller.id, report, now))


@router.post("/vault-counts/{id}/confirm")
async def post_confirm(
    id: UUID,  # noqa: A002
    caller: CashDesk,
    session: Tx,
    now: Now,
) -> VaultCountAnswer:
    """Agree, as the cashier who hands over, with what the next one counted."""
    return VaultCountAnswer.model_validate(await confirm_count(session, caller.id, id, now))


@router.put("/remittances/{id}")
async def put_remittance(
    id: FactId,  # noqa: A002
    body: RemittanceBody,
    caller: CashDesk,
    session: Tx,
    now: Now,
) -> RemittanceAnswer:
    """Take cash from the vault to the bank."""
    report = RemittanceReport(
        id, body.branch_code, Money(body.amount.amount_minor, body.amount.currency),
        [Denomination(d.face_minor, d.count) for d in body.denominations], body.slip_no,
        body.digest(),
    )  # fmt: skip
    return RemittanceAnswer.model_validate(await remit(session, caller.id, report, now))
