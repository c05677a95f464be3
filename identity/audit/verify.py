"""Verify the audit trail: every seal against the one before it, every event against its seal."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from data.session import Session
from identity.audit import store
from identity.audit.event import batch_hash, event_hash, origin, seal_hash

SEALS_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Head:
    """The newest seal of a branch's chain; `no` 0 for a chain without any."""

    no: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class ChainReport:
    """How a branch's chain was found: what holds, the head that it leads to, and every fault.

    `unsealed` events are too young to be sealed, and nothing proves anything of them yet.
    """

    branch_id: UUID
    branch: str
    seals: int
    events: int
    unsealed: int
    oldest_unsealed: datetime | None
    head: Head
    faults: tuple[str, ...]


async def verify_chains(
    session: Session, noted: Mapping[UUID, Head] | None = None
) -> list[ChainReport]:
    """Look through the chains of all branches in scope.

    `noted` are heads that somebody outside has kept: each must still stand in its chain. Without
    them, a chain that was cut off at its end or made anew as a whole cannot be told.
    """
    chains = await store.chains(session)
    return [await _verify(session, chain, (noted or {}).get(chain.branch_id)) for chain in chains]


async def _verify(session: Session, chain: store.Chain, noted: Head | None) -> ChainReport:
    head = Head(0, origin(chain.branch_id))
    faults: list[str] = []
    events = 0
    hash_then = head.hash if noted and noted.no == 0 else None
    while seals := await store.seals_after(session, chain.branch_id, head.no, SEALS_AT_ONCE):
        batches = await store.batches(session, chain.branch_id, head.no, seals[-1].no)
        for seal in seals:
            if seal.no != head.no + 1:
                faults.append(f"seal {head.no + 1} is missing")
            elif seal.previous != head.hash:
                faults.append(f"seal {seal.no} does not follow seal {head.no}")
            if seal_hash(seal) != seal.hash:
                faults.append(f"seal {seal.no} was changed")
            batch = batches.pop(seal.no, ())
            faults += _batch_faults(seal.no, seal.events, seal.events_hash, batch)
            events += len(batch)
            head = Head(seal.no, seal.hash)
            if noted and noted.no == seal.no:
                hash_then = seal.hash
        faults += [f"events of seal {no}, which is missing" for no in batches]
    faults += [
        f"events of seal {no}, which is missing"
        for no in await store.seals_named_beyond(session, chain.branch_id, head.no)
    ]
    if noted and hash_then is None:
        faults.append(f"it ends at seal {head.no}, and seal {noted.no} was noted: its end was cut")
    elif noted and hash_then != noted.hash:
        faults.append(f"seal {noted.no} is not the one that was noted: the chain was made anew")
    return ChainReport(
        chain.branch_id, chain.branch, head.no, events, chain.unsealed, chain.oldest_unsealed,
        head, tuple(dict.fromkeys(faults)),
    )  # fmt: skip


def _batch_faults(no: int, sealed: int, events_hash: bytes, batch: store.Batch) -> list[str]:
    """What differs in a batch: first the events that were changed, then what only the sum shows."""
    changed = [
        f"event {each.event.id} of seal {no} was changed"
        for each in batch
        if event_hash(each.event) != each.hash
    ]
    if len(batch) != sealed:
        return [*changed, f"seal {no} is of {sealed} events, and {len(batch)} are there"]
    if not changed and batch_hash([each.hash for each in batch]) != events_hash:
        return [f"seal {no} was made of other events"]
    return changed
