"""Take down receipts of several agents that came at the same time, in one transaction."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog

from collection.custody.till import Till
from collection.portfolio.waterfall import OpenDemand
from collection.receipts import store
from collection.receipts.collect import Collected
from collection.receipts.payer_day import PayerDay
from collection.receipts.report import ReceiptReport
from collection.receipts.taking.keep import keep
from collection.receipts.taking.locked import Locked, limited
from collection.receipts.taking.store import locking_accounts, locking_series, looking_as_each
from collection.receipts.taking.taken import Taken
from core.errors import DomainError
from core.money import Money
from data.refused import refused_by
from data.scoping import seeing
from data.session import Database, DatabaseError, Scope, Session, ask, ask_together
from identity.audit import store as trail
from identity.audit.event import AuditEvent

log = structlog.get_logger()

MOST_AT_ONCE = 50
"""Receipts of one transaction: more would keep the first of them waiting for longer."""

NOBODY = Scope(branch_ids=())


@dataclass(frozen=True, slots=True)
class Sent:
    """A report of an agent, who sees `scope`, and what is noted of it on the audit trail."""

    agent_id: UUID
    scope: Scope
    report: ReceiptReport
    now: datetime
    event: AuditEvent


Outcome = Collected | DomainError | None
"""What became of a report: a receipt, a refusal, or nothing: then it is to be collected alone."""


@dataclass(frozen=True, slots=True)
class Seen:
    """The report number `n`, with the till, which is locked, and of which account and branch the
    case is, as its agent sees it."""

    n: int
    sent: Sent
    till: Till
    account_id: UUID
    branch_id: UUID


def goes_together(report: ReceiptReport) -> bool:
    """Whether a report is of the usual kind. What comes with a lease, a leaf or a code needs
    questions of its own, and is collected alone."""
    return not (report.is_fact or report.one_time_code or report.flags)


async def collect_together(database: Database, sent: Sequence[Sent]) -> Sequence[Outcome]:
    """What becomes of reports of the usual kind, by the rules of `collect`, in the order in which
    they came.

    A refusal concerns its own receipt, and leaves nothing of it. Others turn out to be collected
    alone: repeats, cases that the agent does not see, cash where customers' codes are asked,
    amounts that a branch wants explained, and what would have to wait for somebody else's
    transaction. When anything goes wrong, nothing is kept and all of them are: so each gets its own
    true answer.
    """
    try:
        async with database.transaction(NOBODY) as session:
            return await _collect(session, sent)
    except DatabaseError as refused:
        log.info("receipts.each_alone", receipts=len(sent), constraint=refused_by(refused))
    except Exception as failed:
        # Whatever was not thought of, too, is to concern its own receipt alone.
        log.error("receipts.each_alone", receipts=len(sent), exc_info=failed)
    return [None] * len(sent)


async def _collect(session: Session, sent: Sequence[Sent]) -> Sequence[Outcome]:
    seen = await _look(session, sent)
    if not seen:
        return [None] * len(sent)
    locked, cases = await _lock(session, seen)
    outcomes: list[Outcome] = [None] * len(sent)
    taken: list[tuple[Taken, AuditEvent]] = []
    for one in seen:
        report, case = one.sent.report, cases.get(one.sent.report.case_id)
        if case is None or not locked.holds(report, case) or not _is_usual(report, case):
            continue
        try:
            its = locked.take(one.sent.agent_id, report, case, one.sent.now)
        except DomainError as refused:
            outcomes[one.n] = refused
            continue
        if _must_be_explained(its):
            continue
        locked.go_on_from(its)
        taken.append((its, one.sent.event))
        outcomes[one.n] = Collected(its.receipt, its.demanded, its.case.policies)
    if taken:
        await keep(session, [its for its, _ in taken])
        await trail.add(session, [event for _, event in taken])
    return outcomes


async def _look(session: Session, sent: Sequence[Sent]) -> Sequence[Seen]:
    """Those whose till is free, whose case their agent sees and whose id is new, in the order in
    which they came.

    Each agent's till and case are read in that agent's own scope, tills in the order of the agents'
    ids; one that somebody else holds is not waited for.
    """
    in_order = sorted(range(len(sent)), key=lambda n: sent[n].agent_id)
    looks = await ask(
        session,
        looking_as_each(
            [
                (sent[n].agent_id, sent[n].scope, sent[n].report.case_id, sent[n].report.id)
                for n in in_order
            ]
        ),
    )
    found = dict(zip(in_order, looks, strict=True))
    seen: dict[UUID, Seen] = {}
    for n, each in enumerate(sent):
        its = found[n]
        if its.till and its.account_id and its.branch_id and not its.is_known:
            # The second of two with the same id is a repeat.
            seen.setdefault(each.report.id, Seen(n, each, its.till, its.account_id, its.branch_id))
    return list(seen.values())


def _is_usual(report: ReceiptReport, case: store.CaseToPay) -> bool:
    return report.mode != "cash" or not case.policies.cash_code


def _must_be_explained(taken: Taken) -> bool:
    is_whole = not taken.receipt.outstanding.amount_minor and not taken.receipt.is_over
    return taken.case.policies.receipt_cause == "required" and not is_whole


async def _lock(
    session: Session, seen: Sequence[Seen]
) -> tuple[Locked, Mapping[UUID, store.CaseToPay]]:
    """What the receipts are decided on, of accounts and payers those that nobody else holds; and
    the cases, by id.

    From here on the transaction sees the branches of these agents and cases: what it reads and
    writes is of nothing else than what each agent was shown.
    """
    branches = {one.branch_id for one in seen}
    sight = branches.union(*(one.sent.scope.branch_ids or () for one in seen))
    _, numbers, accounts, cases = await ask_together(
        session,
        seeing(Scope(tuple(sorted(sight)))),
        locking_series(sorted({one.sent.agent_id for one in seen})),
        locking_accounts(sorted({one.account_id for one in seen}), waits=False),
        store.cases_to_pay(
            [one.sent.report.case_id for one in seen],
            sorted(branches),
            max(one.sent.now for one in seen),
        ),
    )
    demands, cash = await _demands_and_cash(session, seen, accounts, cases)
    return Locked((one.till for one in seen), numbers, demands, cash), cases


async def _demands_and_cash(
    session: Session,
    seen: Sequence[Seen],
    accounts: Set[UUID],
    cases: Mapping[UUID, store.CaseToPay],
) -> tuple[Mapping[UUID, Sequence[OpenDemand]], Mapping[PayerDay, Money]]:
    """The open demands of accounts, and the cash of the payers whose day is limited."""
    demands = store.locking_open_demands(sorted(accounts))
    reports = [one.sent.report for one in seen if one.sent.report.case_id in cases]
    days = {day for each in reports if (day := limited(each, cases[each.case_id]))}
    if not days:
        return await ask(session, demands), {}
    payers = sorted({day.customer_id for day in days})
    # What a payer gave is read once nobody else can add to it.
    found, free, cash = await ask_together(
        session, demands, store.trying_payers(payers), store.cash_of_payers(list(days))
    )
    return found, {day: its for day, its in cash.items() if day.customer_id in free}
