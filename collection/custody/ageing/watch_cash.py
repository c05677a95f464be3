"""Look at all cash in hand: what is too old blocks its agent, and somebody is told."""

from collections.abc import Sequence
from datetime import datetime

from collection.custody.ageing import store
from collection.custody.ageing.aged_cash import AgedCash
from core.clock import local_day
from core.said import say, say_all
from data.alerts import NewAlert, open_alerts, settle_alerts
from data.session import Session
from identity.policies.store import effective_by_branch

AGED_CASH = "aged_cash"
"""The kind of these alerts; their subject is the agent."""


async def aged_cash(session: Session, now: datetime) -> Sequence[AgedCash]:
    """The cash of each agent in scope who holds any, with its age in banking hours."""
    held = await store.oldest_cash(session)
    if not held:
        return []
    policies = {b.branch_id: b.policies for b in await effective_by_branch(session)}
    branches = {one.branch_id for one in held}
    hours = await store.banking_hours(session, branches, local_day(now, "UTC"))
    return [
        AgedCash(
            one.branch_id, one.agent_id, one.agent, one.amount, one.oldest_at,
            hours[one.branch_id].open_s(one.oldest_at, now) / 3600,
            policies[one.branch_id].cash_age_limit_h, one.keeper,
        )
        for one in held
    ]  # fmt: skip


async def watch_cash(session: Session, now: datetime) -> None:
    """Block whoever in scope holds cash for longer than the branch's policy allows; raise an alert.

    Banking hours count: cash of the evening blocks nobody in the morning.
    """
    overdue = [one for one in await aged_cash(session, now) if one.is_overdue]
    await store.set_blocks(session, [one.agent_id for one in overdue])
    known = await open_alerts(session, [AGED_CASH])
    await settle_alerts(session, known, [_alert(one) for one in overdue], now)


def _alert(one: AgedCash) -> NewAlert:
    told = [
        say(
            "{amount} in hand, the oldest for {banking_h:.0f} banking hours; {limit_h} are "
            "allowed. No more is taken until it is handed over.",
            amount=one.amount,
            banking_h=one.banking_h,
            limit_h=one.limit_h,
        )
    ]
    if one.keeper:
        told.append(
            say("{name} keeps it at {place}.", name=one.keeper.name, place=one.keeper.place)
        )
    return NewAlert(
        one.branch_id,
        AGED_CASH,
        one.agent_id,
        say("{agent} holds cash for too long", agent=one.agent),
        say_all(told, " "),
        agent_id=one.agent_id,
        facts={"amount_minor": one.amount.amount_minor, "currency": one.amount.currency},
    )
