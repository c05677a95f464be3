"""Post a deposit: cash from the agent's hands on its way to the branch or the bank."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from collection.custody import store as tills
from collection.custody.denominations import Denomination, counted
from collection.custody.deposits import store
from collection.custody.deposits.deposit import Deposit, Refresh, Target, frees_at_once
from collection.custody.errors import MoreThanInHand, NoTill
from collection.custody.ledger import deposit_entry
from collection.custody.lots.store import take_lots
from collection.custody.over_limit import CASH_LIMIT
from collection.custody.till import Till
from core.device_time import EXPECTED, is_plausible
from core.errors import IdReused, InvalidField
from core.money import Money
from core.said import say
from data.alerts import clear_alert
from data.live import announce
from data.session import Session
from identity.policies.store import effective


@dataclass(frozen=True, slots=True)
class DepositReport:
    """What the phone sends: its own id for the fact, and the counted cash.

    `receipt_ids` are the receipts whose cash this is above all; the oldest otherwise.
    """

    id: UUID
    amount: Money
    denominations: Sequence[Denomination]
    target: Target
    slip_no: str | None
    receipt_ids: Sequence[UUID]
    deposited_at: datetime
    body_hash: bytes


async def post_deposit(
    session: Session, agent_id: UUID, report: DepositReport, now: datetime
) -> Deposit:
    """Post a deposit of all or part of the cash in hand.

    The limit has that room again at once, unless the branch's policy waits for proof, or more
    would be on its way unproven than the policy's cap. The same report again gets the same
    answer. Raises `IdReused`, `InvalidField` (denominations that do not make the amount, another
    currency than the till's, a bank without a slip, an implausible time), `MoreThanInHand` or
    `NoTill`.
    """
    # 1. One fact at a time for this agent's cash; a repeat is answered from what was stored.
    till = await tills.lock_till(session, agent_id)
    if till is None:
        raise NoTill(str(agent_id))
    known = await store.deposit(session, report.id)
    if known:
        return _repeat(known, report)
    # 2. Refuse what cannot be true.
    _check(report, till.currency, now)
    faces = counted(report.denominations, report.amount)
    # 3. Out of the till, into transit: whose receipts' cash it is, and whether that makes room.
    at_once = await _frees_at_once(session, till, report)
    minor = report.amount.amount_minor
    after = await tills.move_cash(
        session, agent_id, -minor, in_transit_minor=minor, pending_minor=0 if at_once else minor
    )
    if after is None:
        raise MoreThanInHand(till.in_hand, report.amount)
    covers = await take_lots(session, agent_id, report.amount, report.receipt_ids)
    made = Deposit(
        report.id, report.amount, faces, report.target, report.slip_no, report.deposited_at, now,
        after.in_hand, covers, at_once,
    )  # fmt: skip
    if not await store.add_deposit(session, till.branch_id, agent_id, made, report.body_hash):
        raise IdReused("deposit", str(report.id))
    entry = deposit_entry(made.id, agent_id, made.amount)
    await tills.write_entry(session, till.branch_id, entry, now)
    # 4. There is room in the till again.
    if after.headroom.amount_minor:
        await clear_alert(session, till.branch_id, CASH_LIMIT, agent_id, now)
    announce(session, till.branch_id, "figures", {"agent_id": str(agent_id)})
    return made


async def _frees_at_once(session: Session, till: Till, report: DepositReport) -> bool:
    policies = await effective(session, till.branch_id)
    cap_minor = till.limit.amount_minor * policies.in_transit_cap_pct // 100
    return frees_at_once(
        Refresh(policies.limit_refresh_on),
        report.target,
        report.amount,
        till.in_transit,
        Money(cap_minor, till.currency),
    )


def _check(report: DepositReport, currency: str, now: datetime) -> None:
    if report.amount.currency != currency:
        raise InvalidField(
            "amount.currency", say("{currency}, the till's currency", currency=currency)
        )
    if report.amount.amount_minor <= 0:
        raise InvalidField("amount.amount_minor", say("more than 0"))
    if not is_plausible(report.deposited_at, now):
        raise InvalidField("deposited_at", EXPECTED)
    if report.target is Target.BANK and not report.slip_no:
        raise InvalidField("slip_no", say("the number of the bank's slip"))


def _repeat(known: store.StoredDeposit, report: DepositReport) -> Deposit:
    if known.body_hash != report.body_hash:
        raise IdReused("deposit", str(report.id))
    return known.deposit
