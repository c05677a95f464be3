"""Seal what was decided and reported: a record for each, behind the newest of its agent's chain."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from data.session import Session
from geofence.evidence import store
from geofence.evidence.record import (
    Draft,
    Kind,
    Record,
    instant,
    sealed,
    span_around,
    visit_body,
)
from geofence.fence import Fence
from geofence.revision import Change, KnownVisit, Revision
from geofence.waiting.work import AgentDay, Ground, WaitingAgent


@dataclass(frozen=True, slots=True)
class Decision:
    """What was written of an agent's day: `visit_ids` are those of the revision's changes."""

    day: AgentDay
    revision: Revision
    ground: Ground
    visit_ids: Sequence[UUID]


async def seal(
    session: Session,
    agents: Sequence[WaitingAgent],
    decisions: Sequence[Decision],
    now: datetime,
) -> None:
    """Seal these decisions, and what these agents have reported since they were last looked at.

    To be called in the transaction that decided, by whoever holds the agents' locks.
    """
    # 1. What was reported comes first: the versions refer to it.
    await _append(
        session,
        await store.unsealed_facts(session, {agent.agent_id: agent.since for agent in agents}),
        now,
    )
    # 2. What no longer holds, and the versions that do.
    if decisions:
        await _append(session, [*_withdrawn(decisions), *await _versions(session, decisions)], now)


async def _append(session: Session, drafts: Sequence[Draft], now: datetime) -> None:
    if not drafts:
        return
    heads = await store.heads_of(session, {draft.agent_id for draft in drafts})
    records: list[Record] = []
    for draft in drafts:
        record = sealed(draft, heads[draft.agent_id], now)
        heads[draft.agent_id] = record.head
        records.append(record)
    await store.add(session, records)


def _withdrawn(decisions: Sequence[Decision]) -> list[Draft]:
    """Visits that are none any more, and in whose place there is nothing."""
    return [
        _withdrawal(decision.day, visit)
        for decision in decisions
        for visit in decision.revision.outdated
        if visit.id not in {c.former.id for c in decision.revision.changes if c.former}
    ]


def _withdrawal(day: AgentDay, visit: KnownVisit) -> Draft:
    began_at = datetime.fromtimestamp(visit.began_at, UTC)
    body = {
        "visit": {
            "id": str(visit.id),
            "version": visit.version,
            "day": day.day.isoformat(),
            "began_at": instant(began_at),
            "ended_at": instant(datetime.fromtimestamp(visit.ended_at, UTC)),
        }
    }
    agent = day.agent
    return Draft(agent.agent_id, agent.branch_id, Kind.WITHDRAWN, began_at, body, visit.id)


async def _versions(session: Session, decisions: Sequence[Decision]) -> list[Draft]:
    written = [
        (decision, change, visit_id)
        for decision in decisions
        for change, visit_id in zip(decision.revision.changes, decision.visit_ids, strict=True)
    ]
    if not written:
        return []
    spans = [
        span_around(
            decision.day.agent.agent_id,
            datetime.fromtimestamp(change.visit.began_at, UTC),
            datetime.fromtimestamp(change.visit.ended_at, UTC),
        )
        for decision, change, _ in written
    ]
    stored = await store.visit_bodies(session, [visit_id for _, _, visit_id in written])
    pings = await store.pings_of(session, spans)
    facts = await store.facts_within(session, spans)
    drafts = []
    for number, (decision, change, visit_id) in enumerate(written):
        former_id = change.former.id if change.former else None
        body = visit_body(
            stored[visit_id], former_id, _places(change, decision.ground), spans[number],
            pings[number], facts[number],
        )  # fmt: skip
        agent = decision.day.agent
        began_at = datetime.fromtimestamp(change.visit.began_at, UTC)
        drafts.append(
            Draft(
                agent.agent_id, agent.branch_id, Kind.VISIT, began_at, body, visit_id, former_id
            )
        )  # fmt: skip
    return drafts


def _places(change: Change, ground: Ground) -> list[tuple[Fence, bool]]:
    known: Mapping[UUID, Fence] = {fence.id: fence for fence in ground.fences}
    return [(known[id_], id_ in ground.planned) for id_ in change.visit.fence_ids]
