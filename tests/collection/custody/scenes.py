"""Money moved through the verbs themselves, for tests that stand below HTTP."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from collection.custody.denominations import Denomination
from collection.custody.deposits.deposit import Deposit, Target
from collection.custody.deposits.post_deposit import DepositReport, post_deposit
from collection.receipts.collect import collect
from collection.receipts.receipt import Receipt
from collection.receipts.report import ReceiptReport
from core.ids import new_id
from core.money import Money
from data.session import Session, rows
from tests.conftest import MONDAY_NINE


async def paid(
    session: Session,
    agent_id: UUID,
    case_id: UUID,
    minor: int = 20_000,
    *,
    now: datetime = MONDAY_NINE,
    mode: str = "cash",
) -> Receipt:
    """A customer paid."""
    reference = None if mode == "cash" else "1234567890"
    report = ReceiptReport(
        new_id(), case_id, Money(minor, "CLP"), mode, reference, now, None, b"body"
    )
    return (await collect(session, agent_id, report, now)).receipt


async def deposited(
    session: Session,
    agent_id: UUID,
    minor: int,
    target: Target = Target.BANK,
    *,
    now: datetime = MONDAY_NINE,
    receipt_ids: Sequence[UUID] = (),
) -> Deposit:
    """The agent handed cash over."""
    faces = [Denomination(1000, minor // 1000), Denomination(10, minor % 1000 // 10)]
    report = DepositReport(
        new_id(), Money(minor, "CLP"), faces, target, "S-1", receipt_ids, now, b"body"
    )
    return await post_deposit(session, agent_id, report, now)


async def balance(session: Session, account: str, owner_id: UUID | None = None) -> int:
    """The balance of a ledger account, of one owner or of all."""
    found = await rows(
        session,
        "SELECT coalesce(sum(amount_minor), 0)::bigint AS minor FROM posting WHERE"
        " ledger_account = :account AND (CAST(:owner AS uuid) IS NULL OR owner_id = :owner)",
        account=account,
        owner=owner_id,
    )
    minor: int = found[0].minor
    return minor
