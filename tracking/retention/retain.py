"""Retention: what is older than its branch keeps it leaves the database, by way of the archive."""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

import structlog

from core.said import say
from data.alerts import clear_alert, raise_alert
from data.session import EVERYTHING, Database, Session
from identity.policies.store import effective_by_branch
from tracking.retention import store
from tracking.retention.alone import alone
from tracking.retention.archive import archive
from tracking.retention.due import DayPlan, Keeping, Leaving, plan_day
from tracking.retention.errors import ArchiveFault, PingsInUse

log = structlog.get_logger()

PATIENCE_S = 0.2
"""How long dropping a partition may wait for those who use the table; new pings wait behind it."""

NOT_ARCHIVED = "pings_not_archived"
"""The kind of the alert that a branch's pings had to stay because they cannot be archived."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Why pings that should have left are still there."""

    day: date
    branch: Keeping
    reason: str


@dataclass(slots=True)
class Retained:
    """What a run has done. `postponed`: days whose pings were in use, to be tried again."""

    left: list[tuple[date, Leaving]] = field(default_factory=list)
    dropped: list[date] = field(default_factory=list)
    postponed: list[date] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    quarantined: int = 0
    self_tests: int = 0


async def keepings(session: Session) -> Sequence[Keeping]:
    """How long each branch in scope keeps its pings."""
    return [
        Keeping(b.branch_id, b.code, b.policies.ping_retention_days, b.policies.ping_archive)
        for b in await effective_by_branch(session)
    ]


async def plans(database: Database, now: datetime) -> AsyncIterator[DayPlan]:
    """What becomes of each day of which something must leave, the oldest first."""
    async with database.transaction(EVERYTHING, read_only=True) as session:
        branches = await keepings(session)
        days = await store.partition_days(session)
        held = await store.held(session, now)
    for day in days:
        if not any(branch.is_due(day, now) for branch in branches):
            continue
        async with database.transaction(EVERYTHING, read_only=True) as session:
            pings = await store.pings_by_branch(session, day)
        plan = plan_day(day, pings, branches, held.get(day, {}), now)
        if plan.leaving or plan.drops:
            yield plan


async def retain(
    database: Database,
    folder: Path,
    now: datetime,
    *,
    told: Callable[[str], None] = lambda _what: None,
) -> Retained:
    """Archive and remove what is older than its branch keeps it. `folder`: the archive's.

    Nothing leaves that should be archived and is not: then there is an alert. Raises
    `RetentionRuns`.
    """
    done = Retained()
    async with alone(database):
        async for plan in plans(database, now):
            await _retain_day(database, folder, plan, now, done, told)
        async with database.transaction(EVERYTHING) as session:
            branches = await keepings(session)
            await _tell(session, branches, done.faults, now)
            await store.forget_holds(session, now)
            oldest_kept = {b.branch_id: b.oldest_kept(now) for b in branches}
            done.quarantined, done.self_tests = await store.delete_older(session, oldest_kept)
    return done


async def _retain_day(
    database: Database,
    folder: Path,
    plan: DayPlan,
    now: datetime,
    done: Retained,
    told: Callable[[str], None],
) -> None:
    # 1. To the archive, one branch after the other.
    safe: list[Leaving] = []
    for leaving in plan.leaving:
        told(f"{plan.day} {leaving.branch.code}: {leaving.pings:,} pings")
        try:
            pings = leaving.pings
            if leaving.branch.archives:
                pings = await archive(database, folder, plan, leaving, now)
        except ArchiveFault as fault:
            log.error("pings.not_archived", day=str(plan.day), branch=leaving.branch.code,
                      reason=fault.detail)  # fmt: skip
            done.faults.append(Fault(plan.day, leaving.branch, fault.detail))
        else:
            safe.append(Leaving(leaving.branch, pings))
    # 2. Out of the database: exactly what was archived or counted, or nothing.
    try:
        if plan.drops and len(safe) == len(plan.leaving):
            await _drop(database, plan.day, safe, now)
            done.dropped.append(plan.day)
            done.left += [(plan.day, leaving) for leaving in safe]
        else:
            for leaving in safe:
                await _delete(database, plan.day, leaving, now)
                done.left.append((plan.day, leaving))
    except PingsInUse:
        log.info("pings.removal_postponed", day=str(plan.day))
        done.postponed.append(plan.day)


async def _drop(database: Database, day: date, safe: Sequence[Leaving], now: datetime) -> None:
    async with database.transaction(EVERYTHING) as session:
        await store.note_dropped(session, day, [one.branch.branch_id for one in safe], now)
        async with store.patient_for(session, PATIENCE_S):
            if not await store.drop_partition(session, day, sum(one.pings for one in safe)):
                raise PingsInUse


async def _delete(database: Database, day: date, leaving: Leaving, now: datetime) -> None:
    async with database.transaction(EVERYTHING) as session:
        await store.note_dropped(session, day, [leaving.branch.branch_id], now)
        if await store.delete_pings(session, day, leaving.branch.branch_id) != leaving.pings:
            raise PingsInUse


async def _tell(
    session: Session, branches: Sequence[Keeping], faults: Sequence[Fault], now: datetime
) -> None:
    first = {fault.branch.branch_id: fault for fault in reversed(faults)}
    for branch in branches:
        fault = first.get(branch.branch_id)
        if fault is None:
            await clear_alert(session, branch.branch_id, NOT_ARCHIVED, branch.branch_id, now)
        else:
            await raise_alert(
                session,
                branch.branch_id,
                NOT_ARCHIVED,
                branch.branch_id,
                say("Pings could not be archived"),
                say("{day}: {reason}", day=fault.day, reason=fault.reason),
                now,
            )
