"""Export evidence: the pack of one visit, and the list of a branch's heads."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from core.clock import day_range, local_day
from data.session import Session
from geofence.evidence import store
from geofence.evidence.canonical import parsed
from geofence.evidence.chain import Head, ping_hash
from geofence.evidence.errors import EvidenceNotFound
from geofence.evidence.pack import BranchHeads, ChainPart, heads_list, pack
from geofence.evidence.packs import store as packs
from geofence.evidence.record import Kind, Span
from identity.errors import BranchNotFound
from identity.store import branch_by_code


async def export_pack(session: Session, visit_id: UUID, now: datetime) -> bytes:
    """The pack of a version of a visit: all its versions, what the agent reported in their time,
    the pings that are still kept, and the chain from there to the head of the day.

    Raises `EvidenceNotFound`.
    """
    # 1. The records: the visit's own, and of what was reported beside it.
    versions = await packs.versions(session, visit_id)
    if not versions:
        raise EvidenceNotFound(str(visit_id))
    agent_id = versions[0].agent_id
    own = await packs.contents(session, agent_id, [version.seq for version in versions])
    visits = [v for v in (parsed(r.content) for r in own) if v["kind"] == Kind.VISIT]
    if not any(v["visit"]["id"] == str(visit_id) for v in visits):
        raise EvidenceNotFound(str(visit_id))
    spans = [_span(agent_id, v) for v in visits]
    facts = {seq for found in await store.facts_within(session, spans) for seq, _ in found}
    records = await packs.contents(session, agent_id, [*{r.seq for r in own} | facts])
    # 2. Their pings, as far as they are sealed and still there.
    sealed = {hash_ for v in visits for hash_ in v["pings"]["sha256"]}
    pings = {
        hash_: ping
        for found in await store.pings_of(session, spans)
        for ping in found
        if (hash_ := ping_hash(ping)) in sealed
    }
    # 3. The way to the head of the day on which the last of them was sealed.
    cases = {UUID(case) for v in visits for case in v["visit"]["case_ids"]}
    names = await packs.names(session, agent_id, versions[-1].branch_id, [*cases])
    day = local_day(records[-1].sealed_at, names.zone)
    part = await _chain_part(session, agent_id, records[0].seq, day, names.zone, now)
    return pack(
        visit_id, [bytes(r.content) for r in records], part,
        sorted(pings.values(), key=lambda ping: (ping["captured_at"], ping["device_id"])),
        names, now,
    )  # fmt: skip


async def export_heads(session: Session, code: str, day: date | None, now: datetime) -> bytes:
    """The list of the heads of a branch's chains at the end of a working day (today, so far).

    Raises `BranchNotFound`.
    """
    branch = await branch_by_code(session, code)
    if branch is None:
        raise BranchNotFound(code)
    day = day or local_day(now, branch.zone)
    _, end = day_range(day, branch.zone)
    heads = await packs.branch_heads(session, branch.id, end)
    return heads_list(BranchHeads(branch.code, branch.name, day, end <= now, heads), now)


def _span(agent_id: UUID, record: Any) -> Span:
    begin, end = (datetime.fromisoformat(record["pings"][edge]) for edge in ("from", "until"))
    return Span(agent_id, begin, end)


async def _chain_part(
    session: Session, agent_id: UUID, first_seq: int, day: date, zone: str, now: datetime
) -> ChainPart:
    _, end = day_range(day, zone)
    links: Sequence[Any] = await packs.links(session, agent_id, first_seq, end)
    last = links[-1]
    return ChainPart(
        agent_id,
        first_seq,
        bytes(links[0].previous),
        [bytes(link.content_hash) for link in links],
        Head(last.seq, bytes(last.hash), last.sealed_at),
        day,
        end <= now,
    )
