"""Publish a new version of a list of values."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from collection.field_notes.errors import CodeInUse
from collection.field_notes.values import store
from collection.field_notes.values.value_list import Topic, Value, ValueList, check_list
from core.clock import local_day
from core.errors import InvalidField
from core.said import say
from data.session import Session
from identity.errors import BranchNotFound
from identity.store import branch_by_code


async def publish_list(
    session: Session,
    branch_code: str,
    topic: Topic,
    values: Sequence[Value],
    active_from: date | None,
    by: UUID,
    now: datetime,
) -> ValueList:
    """Publish what can be chosen in a branch and those below it, from a day on (today, unless it is
    a later one). Earlier versions are kept: what was noted stays as it was.

    Raises `BranchNotFound`, `InvalidField`, or `CodeInUse` where one that was chosen is missing.
    """
    branch = await branch_by_code(session, branch_code)
    if branch is None:
        raise BranchNotFound(branch_code)
    today = local_day(now, branch.zone)
    begins = active_from or today
    if begins < today:
        raise InvalidField("active_from", say("{today} or later", today=today))
    check_list(topic, values)
    version = await store.lock_topic(session, branch.id, topic) + 1
    missing = await store.codes_in_use(session, branch.id, topic, begins) - {v.code for v in values}
    if missing:
        raise CodeInUse(sorted(missing))
    list_id = await store.add_list(
        session, branch.id, topic, version, values, begins, by, now
    )  # fmt: skip
    return ValueList(list_id, topic, version, {v.code: v for v in values})
