"""Remove what each branch keeps no longer, and say what was removed by which rule."""

from collections.abc import Sequence
from datetime import datetime

from collection.privacy.retention import store
from collection.privacy.retention.rule import Kind, RetentionRun, kept_days, kept_since
from data.session import EVERYTHING, Database
from identity.policies.store import effective
from identity.store import branches


async def retain(database: Database, now: datetime) -> Sequence[RetentionRun]:
    """What was removed or held, one for each branch and kind of which there was anything.

    Each in a transaction of its own, with its report: broken off, the rest goes the next night.
    """
    async with database.transaction(EVERYTHING, read_only=True) as session:
        rules = [
            (branch.id, kind, kept_days(kind, policies))
            for branch in await branches(session)
            for policies in [await effective(session, branch.id)]
            for kind in Kind
        ]
    runs = []
    for branch_id, kind, days in rules:
        async with database.transaction(EVERYTHING) as session:
            removed = await store.remove(session, kind, branch_id, kept_since(now, days))
            if removed.count or removed.held:
                runs.append(RetentionRun(branch_id, now, kind, days, removed))
                await store.add_run(session, runs[-1])
    return runs
