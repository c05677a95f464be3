"""Set the installment plans of accounts."""

from collections.abc import Sequence
from datetime import date

from collection.portfolio.plans import store
from collection.portfolio.plans.plan import InstallmentPlan
from core.errors import InvalidField
from core.said import say
from data.session import Session


async def set_plans(session: Session, plans: Sequence[InstallmentPlan], since: date) -> None:
    """Set plans of accounts in scope, all or none; what falls due before `since` is left to
    demand files.

    A plan that is as it was changes nothing. Raises `InvalidField` for accounts that come twice or
    are not there.
    """
    refs = [plan.account_ref for plan in plans]
    if len(set(refs)) != len(refs):
        raise InvalidField("plans", say("each account once"))
    missing = await store.missing_accounts(session, refs)
    if missing:
        told = ", ".join(missing[:20])
        raise InvalidField("plans", say("accounts of your branches; not these: {told}", told=told))
    await store.put_plans(session, plans, since)
