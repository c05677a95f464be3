"""Edit an open proposal by hand, a case at a time, with its figures at once."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
import numpy as np

from allocation import store as allocation
from allocation.allocate import street_travel_s
from allocation.errors import CaseCannotGoThere
from allocation.owners import store as owners
from allocation.owners.move import Order, Terms
from allocation.owners.move_cases import judge
from allocation.problem import Problem
from allocation.proposals import store
from allocation.proposals.figures import figures_of
from allocation.proposals.ground import Ground, changes_of
from allocation.proposals.proposal import Proposal, ProposedChange
from allocation.proposals.read import open_proposal, proposal_of
from allocation.units import units_of
from core.clock import local_day
from core.said import plain
from data.session import Session
from identity import store as identity
from routing.travel.cities import Cities

SCENARIO_ONLY = "the case exists in the scenario only"


@dataclass(frozen=True, slots=True)
class Wish:
    """Who is to have a case, None for nobody; or, with `keep`, that it stays with who has it."""

    case_id: UUID
    agent_id: UUID | None
    reason: str
    keep: bool = False
    overrule: bool = False


async def edit(
    session: Session,
    proposal_id: UUID,
    wish: Wish,
    revision: int | None,
    cities: Cities,
    by: UUID,
    now: datetime,
) -> Proposal:
    """Have a case, and the other members of its center, go elsewhere than proposed.

    It is judged as a move by hand. Rounds that were planned are not those of the edited proposal,
    so they are dropped from its figures. Raises `ProposalNotFound`, `ProposalSettled`,
    `ProposalChangedMeanwhile` for another `revision` than the proposal's, or `CaseCannotGoThere`.
    """
    # 1. The proposal, as the manager saw it.
    found = await open_proposal(session, proposal_id, revision)
    had = {change.case_id: change for change in await store.changes(session, proposal_id)}
    if wish.case_id in had and had[wish.case_id].label is not None:
        raise _refused(wish, "hypothetical", SCENARIO_ONLY)
    # 2. What the edit makes of it; a change that leads back to who has the case is none.
    if wish.keep:
        news = await _back(session, wish, had)
    else:
        news = await _judged(session, found, wish, had, cities, now)
    if not news:
        return found
    await store.remove_changes(session, proposal_id, list(news))
    await store.put_changes(session, proposal_id, [c for c in news.values() if _moves(c)])
    # 3. What that does to the figures, and who did it.
    after = [change for change in {**had, **news}.values() if _moves(change)]
    edits = [
        store.NewEdit(case, had[case].to_id if case in had else new.from_id, new.to_id)
        for case, new in news.items()
    ]
    figures = await _figures(session, found, after)
    await store.revise(session, proposal_id, figures, edits, wish.reason, by, now)
    return await proposal_of(session, proposal_id)


def _moves(change: ProposedChange) -> bool:
    return change.from_id != change.to_id


async def _back(
    session: Session, wish: Wish, had: Mapping[UUID, ProposedChange]
) -> dict[UUID, ProposedChange]:
    together = await owners.with_their_centers(session, [wish.case_id])
    cases = together.get(wish.case_id, [wish.case_id])
    return {case: replace(had[case], to_id=had[case].from_id) for case in cases if case in had}


async def _judged(
    session: Session,
    found: Proposal,
    wish: Wish,
    had: Mapping[UUID, ProposedChange],
    cities: Cities,
    now: datetime,
) -> dict[UUID, ProposedChange]:
    terms = Terms(wish.reason, lend=len(found.branch_ids) > 1, overrule=wish.overrule)
    judged = await judge(session, [Order(wish.case_id, wish.agent_id, expects=False)], terms, now)
    if judged.refused and not (wish.agent_id is None and wish.case_id in had):
        raise _refused(wish, judged.refused[0].code, judged.refused[0].detail)
    cases = list(judged.cases.values())
    branches = {b.id: b for b in await identity.branches(session)}
    branch = branches[cases[0].case.branch_id]
    ids = {id_ for c in cases for id_ in (c.owner_id, wish.agent_id) if id_}
    agents = await allocation.agents_by_id(session, sorted(ids), local_day(now, branch.zone))
    strangers = {branch.id, *(a.branch_id for a in agents if a.id == wish.agent_id)}
    if strangers - set(found.branch_ids):
        raise _refused(wish, "other_branch", "it is not of the proposal's branches")
    units = units_of(cases)
    work = tuple(unit.work for unit in units)
    travel_s = np.full((len(agents), len(work)), np.nan, dtype=np.float32)
    if found.figures is not None:
        city = await cities.at(session, branch.location)
        travel_s = await asyncio.to_thread(street_travel_s, city, agents, work)
    ground = Ground(Problem(tuple(agents), work, travel_s), tuple(units))
    branch_of = {a.id: a.branch_id for a in agents} | {c.case.id: c.case.branch_id for c in cases}
    to = dict.fromkeys((c.case.id for c in cases), wish.agent_id)
    made = {c.case_id: c for c in changes_of(ground, to, wish.reason, branch_of)}
    news: dict[UUID, ProposedChange] = {}
    for each in cases:
        id_ = each.case.id
        stays = ProposedChange(id_, each.owner_id, each.owner_id, wish.reason)
        news[id_] = _from_the_same(
            replace(made.get(id_, stays), overrule=wish.overrule), had.get(id_)
        )
    return {id_: new for id_, new in news.items() if id_ in had or _moves(new)}


def _from_the_same(new: ProposedChange, had: ProposedChange | None) -> ProposedChange:
    """Figures count from what was when the proposal was made."""
    if had is None:
        return new
    return replace(
        new, row=had.row, from_id=had.from_id, from_travel_s=had.from_travel_s,
        from_knows=had.from_knows, work_s=had.work_s, expected_minor=had.expected_minor,
    )  # fmt: skip


async def _figures(
    session: Session, found: Proposal, changes: Sequence[ProposedChange]
) -> dict[str, Any] | None:
    if found.figures is None:
        return None
    tallied = await store.tallied(session, found.id)
    proposed = figures_of(tallied.portfolios, changes, tallied.without)
    return {**found.figures, "proposed": msgspec.to_builtins(proposed, enc_hook=plain)}


def _refused(wish: Wish, code: str, detail: str) -> CaseCannotGoThere:
    return CaseCannotGoThere(str(wish.case_id), str(wish.agent_id or ""), code, detail)
