"""Ask for a report once, and get it each day, week or month; or no more."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from core.email_address import check_email
from core.errors import IdReused
from data.session import Session
from identity import store as identity
from identity.errors import BranchNotFound
from map_ui.reports import store
from map_ui.reports.errors import SubscriptionNotFound
from map_ui.reports.subscription import Subscription


async def subscribe(session: Session, staff_id: UUID, wanted: Subscription) -> Subscription:
    """Have reports made for somebody. The same again gets the same answer.

    Raises `InvalidField`, `BranchNotFound`, or `IdReused` where the id belongs to another wish.
    """
    if wanted.email is not None:
        check_email("email", wanted.email)
    branch = await identity.branch_by_code(session, wanted.branch)
    if branch is None:
        raise BranchNotFound(wanted.branch)
    await store.add(session, wanted, branch.id, staff_id)
    known = await store.subscription(session, wanted.id, staff_id)
    if known is None or replace(known, made_at=wanted.made_at, ended_at=None) != wanted:
        raise IdReused("report subscription", str(wanted.id))
    return known


async def unsubscribe(session: Session, staff_id: UUID, id_: UUID, now: datetime) -> None:
    """Have no more reports made; those that were stay. Raises `SubscriptionNotFound`."""
    if not await store.end(session, id_, staff_id, now):
        raise SubscriptionNotFound(str(id_))
