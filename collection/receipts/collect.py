"""Take money from a customer: receipt, ledger, till and demands, all or nothing."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from collection.custody import store as custody
from collection.custody.errors import LeaseNotFound, LeaseNumberTaken, NoTill
from collection.custody.leases import store as leases
from collection.custody.leases.lease import Lease, fill
from collection.errors import CaseNotFound
from collection.receipts import store
from collection.receipts.check_payer_cash import check_payer_cash
from collection.receipts.codes.try_code import try_code
from collection.receipts.paper.meet_paper import Original, meet_paper
from collection.receipts.receipt import Receipt
from collection.receipts.report import Offline, ReceiptReport
from collection.receipts.taking.keep import keep
from collection.receipts.taking.store import locking_accounts, locking_series
from collection.receipts.taking.taken import Held, checked, take
from core.errors import IdReused, InvalidField
from core.money import Money
from core.said import say
from data.session import Session, ask_together
from identity.policies.policy import Policies


@dataclass(frozen=True, slots=True)
class Collected:
    """A receipt, and what had fallen due when it was taken; None of one that was there before.
    `policies` are its branch's."""

    receipt: Receipt
    demanded: Money | None = None
    policies: Policies | None = None


async def collect(
    session: Session, agent_id: UUID, report: ReceiptReport, now: datetime
) -> Collected:
    """Take down a receipt; what it pays is the account's demands, oldest first.

    The late original of one that the desk entered from paper is matched to that, and books nothing.
    What is over goes to the account's advance, or to suspense, as its product has it. An odd place
    is flagged, never refused, and so is cash that was taken offline beyond the lease: it is in the
    agent's hands. The same report again gets the same answer. Raises `IdReused`, `CaseNotFound`,
    `InvalidField`, `ModeNotTakenHere`, `NoTill`, `LeaseNotFound`, `LeaseNumberTaken`,
    `PaperReceiptDiffers`, `DayClosed` for what is said to have been taken online on a former day
    that is closed, `PartNotTaken` for what would leave a demand paid in part where its product
    takes none, `OverCashLimit` or
    `TooMuchCashOfPayer` for cash online beyond a limit.

    Locks in this order, as everything that moves money does: till, payer, series, account, demands
    by id.
    """
    # 1. One fact at a time for this agent's money; a repeat is answered from what was stored.
    till, (is_known, case) = await ask_together(
        session,
        custody.locking_till(agent_id),
        store.first_look(report.id, report.case_id, now),
    )
    if till is None:
        raise NoTill(str(agent_id))
    known = await store.receipt(session, report.id) if is_known else None
    if known:
        if known.body_hash != report.body_hash:
            raise IdReused("receipt", str(report.id))
        return Collected(known.receipt)
    if report.offline:
        entered = await meet_paper(session, _original(report, report.offline), now)
        if entered:
            return Collected(entered)
    # 2. Refuse what cannot be true.
    if case is None:
        raise CaseNotFound(str(report.case_id))
    report, mode = checked(report, case, now)
    lease = await _lease_of(session, agent_id, report.offline) if report.offline else None
    odd = await _of_cash(session, agent_id, report, case, now) if mode.is_cash else ()
    # 3. Number it, and see what it pays.
    number, _, demands = await ask_together(
        session,
        locking_series([agent_id]),
        locking_accounts([case.account_id]),
        store.locking_open_demands([case.account_id]),
    )
    held = Held(till, number[agent_id], demands[case.account_id])
    taken = take(report, mode, case, held, now, lease=lease, odd=odd)
    # 4. Keep it.
    if lease and mode.is_cash:
        from_lease = fill(lease, report.amount).from_lease
        await leases.use(session, lease.id, from_lease.amount_minor)
    await keep(session, [taken])
    return Collected(taken.receipt, taken.demanded, case.policies)


def _original(report: ReceiptReport, offline: Offline) -> Original:
    return Original(
        report.id, report.case_id, report.amount, report.body_hash, offline.lease_id, offline.number
    )


async def _lease_of(session: Session, agent_id: UUID, offline: Offline) -> Lease:
    if offline.number < 1:
        raise InvalidField("offline.number", say("1 or more"))
    known = await leases.lease(session, offline.lease_id)
    if known is None or known.agent_id != agent_id:
        raise LeaseNotFound(str(offline.lease_id))
    if await leases.number_is_taken(session, offline.lease_id, offline.number):
        raise LeaseNumberTaken(str(offline.lease_id), offline.number)
    return known.lease


async def _of_cash(
    session: Session, agent_id: UUID, report: ReceiptReport, case: store.CaseToPay, now: datetime
) -> tuple[str, ...]:
    """The flags of cash for its payer and for the customer's one-time code."""
    odd = await check_payer_cash(
        session, case, report.amount, report.taken_at, is_fact=report.is_fact
    )
    if not case.policies.cash_code:
        return odd
    flag = await try_code(
        session, case.branch_id, report.case_id, agent_id, report.id, report.one_time_code,
        report.taken_at, now, is_offline=report.is_fact,
    )  # fmt: skip
    return (*odd, flag)
