"""Propose territories from a branch's cases, publish them, or put them aside."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import numpy as np

from allocation.territories import store as territories
from allocation.territories.errors import (
    NothingToCut,
    TerritoriesOverlap,
    TerritoryProposalNotFound,
    TerritoryProposalSettled,
)
from allocation.territories.proposals import store
from allocation.territories.proposals.cut import Cut, Piece, Wanted, cut
from allocation.territories.proposals.streets import ground_of
from allocation.territories.set_territory import as_json, settle
from allocation.territories.shape import geojson_of, shape_in
from allocation.territories.territory import USUAL_PRECEDENCE, Days, Territory
from core.clock import local_day
from data.session import Session
from identity.errors import BranchNotFound
from identity.store import BranchView, branches
from routing.travel.city import City
from streets.graph import StreetGraph
from streets.profile import Profile


@dataclass(frozen=True, slots=True)
class Asked:
    """What a manager wants. `territories` None is one for each agent; `profile` whose streets."""

    territories: int | None
    tolerance_pct: int
    seed: int
    profile: Profile


async def propose(
    session: Session, branch: BranchView, city: City, asked: Asked, by: UUID, now: datetime
) -> store.Proposal:
    """Keep territories cut from the open cases of a branch as a proposal; nothing changes yet.

    Raises `NothingToCut` or `TooManyTerritories`.
    """
    cases = await store.due_cases(session, branch.id)
    people = await store.homes(session, branch.id) if asked.territories is None else []
    if not cases:
        raise NothingToCut("no_cases", 0, len(people))
    if asked.territories is None and not people:
        raise NothingToCut("no_agents", len(cases), 0)
    wanted = Wanted(asked.territories or len(people), asked.tolerance_pct / 100, asked.seed)
    done = await asyncio.to_thread(_cut, city.graph, asked.profile, cases, wanted, people)
    names = [_named(n, piece, wanted.count) for n, piece in enumerate(done.pieces, 1)]
    told = [
        _told(code, name, piece, people)
        for (code, name), piece in zip(names, done.pieces, strict=True)
    ]
    as_asked = {
        "territories": asked.territories, "tolerance_pct": asked.tolerance_pct,
        "seed": asked.seed, "profile": asked.profile.value,
    }  # fmt: skip
    id_ = await store.add(session, branch.id, as_asked, figures_of(done), told, by, now)
    return await proposal_of(session, id_)


def _cut(
    graph: StreetGraph,
    profile: Profile,
    cases: Sequence[store.Due],
    wanted: Wanted,
    people: Sequence[store.Home],
) -> Cut:
    positions, homes = [case.position for case in cases], [home.position for home in people]
    work_min = np.array([case.work_min for case in cases])
    return cut(ground_of(graph, profile), positions, work_min, wanted, homes, graph.places)


def figures_of(done: Cut) -> dict[str, Any]:
    """How even, compact and whole a cut is, and what falls short."""
    work_min = np.array([piece.work_min for piece in done.pieces])
    cases = np.array([piece.cases for piece in done.pieces])
    travel_s = np.array([piece.travel_s for piece in done.pieces])
    return {
        "territories": len(done.pieces),
        "cases": int(cases.sum()),
        "cases_outside": done.outside,
        "mean_work_min": round(float(work_min.mean()), 1),
        "most_to_mean": round(float(work_min.max() / work_min.mean()), 3),
        "least_to_mean": round(float(work_min.min() / work_min.mean()), 3),
        "mean_travel_s": round(float(np.average(travel_s, weights=work_min)), 1),
        "mean_roundness": round(float(np.mean([piece.roundness for piece in done.pieces])), 3),
        "not_whole": sum(not piece.is_whole for piece in done.pieces),
        "shortfalls": [
            {"code": each.code, "facts": each.facts, "sentence": each.sentence}
            for each in done.shortfalls
        ],
    }


def _named(number: int, piece: Piece, count: int) -> tuple[str, str]:
    code = f"T-{number:0{max(2, len(str(count)))}}"
    return code, piece.name or code


def _told(code: str, name: str, piece: Piece, people: Sequence[store.Home]) -> dict[str, Any]:
    agent = None if piece.agent is None else people[piece.agent]
    return {
        "code": code, "name": name, "shape": geojson_of(piece.shape),
        "middle": {"lat": round(piece.middle.lat, 6), "lon": round(piece.middle.lon, 6)},
        "agent_ids": [str(agent.agent_id)] if agent else [],
        "agents": [agent.name] if agent else [],
        "cases": piece.cases, "work_min": round(piece.work_min),
        "travel_s": round(piece.travel_s), "roundness": round(piece.roundness, 3),
        "is_whole": piece.is_whole,
    }  # fmt: skip


async def proposal_of(session: Session, proposal_id: UUID) -> store.Proposal:
    """A proposal in scope. Raises `TerritoryProposalNotFound`."""
    found = await store.proposal(session, proposal_id)
    if found is None:
        raise TerritoryProposalNotFound(str(proposal_id))
    return found


async def publish(
    session: Session, proposal_id: UUID, by: UUID, now: datetime
) -> tuple[store.Proposal, list[str]]:
    """Have a proposal be the branch's territories from today on; those that ended for it, by code.

    Territories with a shape and the usual precedence give way; pin codes and what goes before
    stay. Published already, nothing happens. Raises `TerritoryProposalNotFound`,
    `TerritoryProposalSettled`, or `TerritoriesOverlap`.
    """
    found = await store.proposal(session, proposal_id, lock=True)
    if found is None:
        raise TerritoryProposalNotFound(str(proposal_id))
    if found.state == "published":
        return found, []
    if found.state != "open":
        raise TerritoryProposalSettled(str(proposal_id), found.state)
    branch = next((b for b in await branches(session) if b.id == found.branch_id), None)
    if branch is None:
        raise BranchNotFound(str(found.branch_id))
    today = local_day(now, branch.zone)
    await territories.lock(session, branch.id)
    ended = await store.given_way(session, branch.id, today, USUAL_PRECEDENCE)
    await territories.end(session, branch.id, ended, today)
    employed = {worker.id for worker in await territories.agents_of(session, branch.id)}
    wishes = [
        Territory(
            told["code"], told["name"], shape_in(told["shape"]).wkb,
            agent_ids=tuple(a for a in map(UUID, told["agent_ids"]) if a in employed),
        )
        for told in found.territories
    ]  # fmt: skip
    settled = await settle(session, branch, wishes, Days(today), "proposed", by, now)
    if settled.refused:
        met = [as_json(each) for pairs in settled.refused.values() for each in pairs]
        raise TerritoriesOverlap(met)
    await store.settle(session, proposal_id, "published", by, now)
    codes = {wish.code for wish in wishes}
    return await proposal_of(session, proposal_id), [code for code in ended if code not in codes]


async def discard(session: Session, proposal_id: UUID, by: UUID, now: datetime) -> store.Proposal:
    """Put a proposal aside; it is kept. Discarded already, nothing happens.

    Raises `TerritoryProposalNotFound` or `TerritoryProposalSettled`.
    """
    found = await store.proposal(session, proposal_id, lock=True)
    if found is None:
        raise TerritoryProposalNotFound(str(proposal_id))
    if found.state == "published":
        raise TerritoryProposalSettled(str(proposal_id), found.state)
    if found.state == "open":
        await store.settle(session, proposal_id, "discarded", by, now)
    return await proposal_of(session, proposal_id)
