"""Prove a branch's cash day, and close it: nothing is booked on it any more."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from collection.custody.days import store
from collection.custody.days.proof import AccountBalance, AgentProof
from collection.custody.days.still_open import StillOpen
from collection.custody.errors import DayDoesNotProve, LaterDayClosed
from core.clock import day_range, local_day
from core.errors import InvalidField
from core.said import say
from data.alerts import NewAlert, open_alerts, settle_alerts
from data.session import Session
from identity.errors import BranchNotFound

CASH_PROOF = "cash_proof"
"""The kind of alerts about an agent whose day does not prove; their subject is the agent."""


async def prove_day(session: Session, code: str, day: date) -> Sequence[AgentProof]:
    """The proof of each agent of a branch, by name. Raises `BranchNotFound`."""
    branch = await _branch(session, code)
    return await store.proofs(session, branch.branch_id, day)


async def balance_day(session: Session, code: str, day: date) -> Sequence[AccountBalance]:
    """The trial balance of a branch at the end of a day. Raises `BranchNotFound`."""
    branch = await _branch(session, code)
    return await store.trial_balance(session, branch.branch_id, day)


async def open_after(session: Session, code: str, day: date) -> Sequence[StillOpen]:
    """What a day of a branch leaves open, beside the cash that its proof has in agents' hands. The
    day may be closed all the same. Raises `BranchNotFound`."""
    branch = await _branch(session, code)
    return await store.still_open(session, branch.branch_id, *day_range(day, branch.zone))


async def today_of(session: Session, code: str, now: datetime) -> date:
    """The day that it is at a branch. Raises `BranchNotFound`."""
    return local_day(now, (await _branch(session, code)).zone)


async def alert_about(
    session: Session, code: str, day: date, now: datetime
) -> Sequence[AgentProof]:
    """Prove a day, and have an alert open about each agent whose cash does not prove."""
    branch = await _branch(session, code)
    found = await store.proofs(session, branch.branch_id, day)
    agents = {proof.agent_id for proof in found}
    known = {
        key: facts
        for key, facts in (await open_alerts(session, [CASH_PROOF])).items()
        if key[1] in agents
    }
    wanted = [
        NewAlert(
            branch.branch_id, CASH_PROOF, proof.agent_id,
            say("The cash of {agent} does not prove", agent=proof.agent),
            say(
                "{difference} on {day:%d.%m.%Y} is not explained by receipts, deposits and "
                "handovers.", difference=proof.difference, day=day,
            ),
            agent_id=proof.agent_id,
            facts={"day": day.isoformat(), "difference_minor": proof.difference.amount_minor},
        )
        for proof in found
        if not proof.proves
    ]  # fmt: skip
    await settle_alerts(session, known, wanted, now)
    return found


async def prove_today(session: Session, now: datetime) -> None:
    """Have an alert open about each agent in scope whose cash does not prove so far."""
    for branch in await store.branch_days(session):
        await alert_about(session, branch.code, local_day(now, branch.zone), now)


async def close_day(
    session: Session, staff_id: UUID, code: str, day: date, now: datetime
) -> store.ClosedDay:
    """Close a day of a branch, with its figures. Facts that come later are booked on the next open
    day, with their own true time.

    The same again gets the same answer. Raises `BranchNotFound`, `InvalidField` (a day to come),
    `LaterDayClosed`, or `DayDoesNotProve` while an agent's cash or the trial balance does not.
    """
    branch = await _branch(session, code, lock=True)
    known = await store.closed_day(session, branch.branch_id, day)
    if known:
        return known
    if local_day(now, branch.zone) < day:
        raise InvalidField("day", say("today or a day before"))
    if branch.closed_to and day < branch.closed_to:
        raise LaterDayClosed(branch.closed_to)
    found = await store.proofs(session, branch.branch_id, day)
    balances = await store.trial_balance(session, branch.branch_id, day)
    _check(found, balances)
    figures = {
        "agents": len(found),
        "cash_in_hand_minor": sum(proof.closing.amount_minor for proof in found),
        "trial_balance": {f"{b.account} {b.currency}": b.balance_minor for b in balances},
    }
    closed = store.ClosedDay(branch.branch_id, day, now, staff_id, figures)
    await store.add_close(session, closed)
    return closed


def _check(found: Sequence[AgentProof], balances: Sequence[AccountBalance]) -> None:
    wrong = [proof.agent for proof in found if not proof.proves]
    sums: dict[str, int] = {}
    for balance in balances:
        sums[balance.currency] = sums.get(balance.currency, 0) + balance.balance_minor
    if wrong or any(sums.values()):
        raise DayDoesNotProve(wrong, sums)


async def _branch(session: Session, code: str, *, lock: bool = False) -> store.BranchDay:
    branch = await store.branch_day(session, code, lock=lock)
    if branch is None:
        raise BranchNotFound(code)
    return branch
