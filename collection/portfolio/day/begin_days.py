"""Begin the days of branches: judge promises, and work out how late and urgent cases are now."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from collection.portfolio.advances import store as advances
from collection.portfolio.advances.offered import AHEAD
from collection.portfolio.advances.shift_dues import shift_dues
from collection.portfolio.arrears.settle_plan import judge_plans
from collection.portfolio.case_figures import store as case_figures
from collection.portfolio.case_figures.figures import figures_of
from collection.portfolio.day import store
from collection.portfolio.plans import store as plans
from collection.portfolio.products import store as products
from data.session import EVERYTHING, Database, Scope, Session


async def begin_days(database: Database, now: datetime) -> Sequence[UUID]:
    """Begin the day of `now` in each branch where it has not begun; the branches where it has.

    A branch at a time, each as a whole. Again, or at the same time, changes nothing more.
    """
    async with database.transaction(EVERYTHING, read_only=True) as session:
        waiting = await store.to_begin(session, now)
    begun = []
    for branch_id in waiting:
        async with database.transaction(Scope((branch_id,))) as session:
            if await begin_day_of(session, branch_id, now):
                begun.append(branch_id)
    return begun


async def begin_day_of(session: Session, branch_id: UUID, now: datetime) -> bool:
    """Begin a branch's day of `now`; False when it has begun already."""
    # 1. Once, whoever else may be at it.
    day = await store.begin(session, branch_id, now)
    if day is None:
        return False
    # 2. Nobody pays meanwhile: figures and payments would undo each other.
    await store.lock_accounts(session, branch_id)
    await products.point_accounts(session, branch_id)
    # 3. Broken promises and plans count for how urgent a case is, so they come first.
    await store.judge_promises(session, branch_id, day, now)
    await judge_plans(session, branch_id, day, now)
    # 4. Plans become demands as they come near; what falls due on holidays counts from the next
    # working day on; advances pay what is due.
    await plans.make_demands(session, branch_id, day + AHEAD, now)
    await shift_dues(session, [branch_id], day)
    await advances.use(session, branch_id, day, now)
    # 5. How late, how much, how urgent, by the terms of this day; on to the next stages, or closed.
    await store.ask_for_branch(session, branch_id, day, now)
    terms = await products.terms_on(session, day)
    facts = await case_figures.facts(session, day, list(terms))
    await case_figures.stage(session, figures_of(facts, list(terms.values()), day))
    await case_figures.update_cases(session, day)
    await store.move_cases(session, now)
    await store.close_cured(session, now)
    await store.keep_counts(session, branch_id, day)
    return True
