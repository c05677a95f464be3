"""Managers give cases to agents: one, many, or all that an agent has; now or later."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from allocation import store as allocation
from allocation.allocate import rules_of
from allocation.owners import store
from allocation.owners.move import Order, Refusal, Terms, refusal
from allocation.territories.cases.in_territories import in_territories
from allocation.units import OpenCase
from allocation.work import Agent
from core.clock import local_day
from core.errors import InvalidField
from core.said import say
from data.live import announce
from data.queue import enqueue
from data.session import Session
from identity.policies.store import effective
from identity.store import agent_branch


@dataclass(frozen=True, slots=True)
class Change:
    """A case whose owner changed, or will: from whom to whom, None for nobody."""

    case_id: UUID
    from_id: UUID | None
    to_id: UUID | None


@dataclass(frozen=True, slots=True)
class Moved:
    """What became of orders. `unchanged` were with the agent already."""

    moved: tuple[Change, ...]
    planned: tuple[Change, ...]
    unchanged: tuple[UUID, ...]
    refused: tuple[Refusal, ...]


async def move_cases(
    session: Session, orders: Sequence[Order], terms: Terms, by: UUID, now: datetime
) -> Moved:
    """Carry out the orders that can be, and say of each other one why not.

    The other members of a center move with theirs. Rounds of today of all concerned are planned
    again by a job that commits with this. Cash stays in its till. Raises `InvalidField` for times
    that cannot be, and `AssignedMeanwhile`.
    """
    _check(terms, now)
    # 1. What can be done; nobody else's change between here and the end.
    judged = await judge(session, orders, terms, now)
    # 2. What that changes.
    changes = [Change(o.case_id, judged.owner(o.case_id), o.agent_id) for o in judged.possible]
    news = tuple(change for change in changes if change.from_id != change.to_id)
    unchanged = tuple(change.case_id for change in changes if change.from_id == change.to_id)
    # 3. Now or later, and back again.
    later = terms.from_at is not None and terms.from_at > now
    if later and terms.from_at:
        moves = [(change.case_id, change.to_id) for change in changes]
        await store.plan(session, moves, terms.from_at, terms.reason, by, now)
    else:
        await carry_out(session, news, terms.reason, by, now)
        await _pin(session, changes, terms, by, now)
    if terms.until:
        back = [(change.case_id, change.from_id) for change in news]
        reason = f"until then only: {terms.reason}"
        await store.plan(session, back, terms.until, reason, by, now)
    if later:
        return Moved((), news, unchanged, judged.refused)
    return Moved(news, (), unchanged, judged.refused)


@dataclass(frozen=True, slots=True)
class Judged:
    """Orders that can be carried out, with those of other members of centers; and the others."""

    possible: tuple[Order, ...]
    refused: tuple[Refusal, ...]
    cases: Mapping[UUID, OpenCase]

    def owner(self, case_id: UUID) -> UUID | None:
        """Who has a case now."""
        return self.cases[case_id].owner_id

    def center(self, case_id: UUID) -> UUID | None:
        """The center that a case moves with, where there is such a case."""
        return self.cases[case_id].center_id if case_id in self.cases else None


async def judge(session: Session, orders: Sequence[Order], terms: Terms, now: datetime) -> Judged:
    """Which orders can be carried out; until the end nobody else changes the branches' owners."""
    whole, refused = await _whole_centers(session, orders)
    cases, agents = await _as_they_are(session, whole, now)
    possible: list[Order] = []
    for order in whole:
        why_not = refusal(order, cases.get(order.case_id), agents, terms)
        if why_not:
            refused.append(why_not)
        else:
            possible.append(order)
    possible = _without_divided(possible, refused, cases)
    return Judged(tuple(possible), tuple(refused), cases)


async def hand_over_all(
    session: Session, from_id: UUID, to_id: UUID | None, terms: Terms, by: UUID, now: datetime
) -> Moved:
    """Give all that an agent has to another, or to nobody. Raises `AgentNotFound`."""
    await agent_branch(session, from_id)
    cases = await store.cases_with(session, from_id)
    orders = [Order(case, to_id, expects=True, former_id=from_id) for case in cases]
    return await move_cases(session, orders, terms, by, now)


async def hand_over_from_who_goes(
    session: Session, from_id: UUID, to_id: UUID | None, terms: Terms, by: UUID, now: datetime
) -> Moved:
    """Give all that an agent has to another; what that one may not have is nobody's yet, and why is
    told. Nothing stays with who goes. Raises `AgentNotFound`, of either."""
    if to_id is not None:
        await agent_branch(session, to_id)
    given = await hand_over_all(session, from_id, to_id, terms, by, now)
    if not given.refused:
        return given
    rest = await hand_over_all(session, from_id, None, terms, by, now)
    return replace(given, moved=given.moved + rest.moved)


async def carry_out(
    session: Session, changes: Sequence[Change], reason: str, by: UUID, now: datetime
) -> None:
    """Make the changes, tell the map, and have today's rounds of all concerned planned again."""
    given = [(change.case_id, change.to_id) for change in changes if change.to_id]
    taken = [change.case_id for change in changes if change.to_id is None]
    await allocation.hand_over(session, given, reason, by, now)
    await allocation.end_owners(session, taken, now)
    concerned = {a for change in changes for a in (change.from_id, change.to_id) if a}
    by_day: dict[str, list[str]] = {}
    for agent_id, branch_id, day in await store.on_rounds(session, sorted(concerned), now):
        by_day.setdefault(day, []).append(str(agent_id))
        announce(session, branch_id, "figures", {"agent_id": str(agent_id)})
    for day, agent_ids in sorted(by_day.items()):
        await enqueue(session, "rounds.plan_agents", agent_ids=agent_ids, day=day)


def _check(terms: Terms, now: datetime) -> None:
    begin = max(now, terms.from_at or now)
    for field, end in (("until", terms.until), ("pin_until", terms.pin_until)):
        if end is not None and end <= begin:
            raise InvalidField(field, say("later than now, and than from_at"))
    if terms.pin and terms.from_at and terms.from_at > now:
        raise InvalidField(
            "pin", say("false for a move that is to come; pin the case once it is moved")
        )


async def _whole_centers(
    session: Session, orders: Sequence[Order]
) -> tuple[list[Order], list[Refusal]]:
    """The orders with one each for the other members of centers; and those that divide one."""
    together = await store.with_their_centers(session, [order.case_id for order in orders])
    asked = {order.case_id: order for order in orders}
    refused: list[Refusal] = []
    divided = {
        order.case_id
        for order in orders
        for other in together.get(order.case_id, ())
        if other in asked and asked[other].agent_id != order.agent_id
    }
    for case_id in sorted(divided):
        detail = "members of its center are to go to different agents; split the center first"
        refused.append(Refusal(case_id, "center_divided", detail))
    whole: dict[UUID, Order] = {}
    for order in orders:
        if order.case_id in divided:
            continue
        whole[order.case_id] = order
        for other in together.get(order.case_id, ()):
            if other not in asked:
                whole.setdefault(other, Order(other, order.agent_id))
    return list(whole.values()), refused


async def _as_they_are(
    session: Session, orders: Sequence[Order], now: datetime
) -> tuple[dict[UUID, OpenCase], dict[UUID, Agent]]:
    """The cases and the agents of orders, as their branches' rules see them today."""
    branches = await store.branches_of(session, [order.case_id for order in orders])
    to = {order.agent_id for order in orders if order.agent_id}
    cases: dict[UUID, OpenCase] = {}
    day = now.date()
    for branch in branches:
        await allocation.lock_allocation(session, branch.id)
        day = local_day(now, branch.zone)
        policies = await effective(session, branch.id)
        found = await allocation.cases_by_id(session, branch.case_ids, rules_of(policies, day, now))
        found = await in_territories(session, branch.id, found, policies, day)
        cases |= {each.case.id: each for each in found}
    agents = await allocation.agents_by_id(session, sorted(to), day)
    return cases, {agent.id: agent for agent in agents}


def _without_divided(
    orders: list[Order], refused: list[Refusal], cases: Mapping[UUID, OpenCase]
) -> list[Order]:
    """The orders less those whose center has a member that was refused."""
    stuck = {
        cases[no.case_id].center_id
        for no in refused
        if no.case_id in cases and not cases[no.case_id].case.barred
    } - {None}
    kept = []
    for order in orders:
        if cases[order.case_id].center_id in stuck:
            detail = "a member of its center cannot go there, and the center is not split"
            refused.append(Refusal(order.case_id, "center_divided", detail))
        else:
            kept.append(order)
    return kept


async def _pin(
    session: Session, changes: Sequence[Change], terms: Terms, by: UUID, now: datetime
) -> None:
    """A manager has decided anew: former pins of what moves end; new ones when wanted."""
    pinned = changes if terms.pin else [c for c in changes if c.from_id != c.to_id]
    await store.end_pins(session, [change.case_id for change in pinned], by, now)
    if terms.pin:
        pairs = [(change.case_id, change.to_id) for change in changes if change.to_id]
        await store.add_pins(session, pairs, terms.reason, terms.pin_until, by, now)
