"""An entry of the audit trail, and the hashes that seal it.

Every hash is a SHA-256 over the name of its purpose first, so that none can stand in for another.
The database makes the same hashes in SQL (migration 0027); whoever verifies makes them here.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from uuid import UUID

FORMAT = "roundsman-audit/1"
ORIGIN, EVENT, BATCH, SEAL = (
    f"{FORMAT} {purpose}\0".encode() for purpose in ("origin", "event", "batch", "seal")
)

MOST_TEXT = 200
"""Characters of a text that somebody else has written: a reason, an app's name."""


class Kind(StrEnum):
    """What became of a request."""

    CHANGE = "change"
    READ = "read"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """Who (`actor_id`, as `actor_role`) did `action`, when, from where, and why they say.

    `action` is a method and a route (``GET /v1/cases/{case_id}/pin``), `subjects` are the ids in
    its path and query by name. `branch_id` is the actor's own branch, whose chain it goes into.
    There is no personal data in it but who did it from where.
    """

    id: UUID
    branch_id: UUID
    at: datetime
    kind: Kind
    actor_id: UUID | None
    actor_role: str
    address: str | None
    device_id: UUID | None
    client: str | None
    action: str
    subjects: Mapping[str, str]
    reason: str | None


@dataclass(frozen=True, slots=True)
class Seal:
    """A batch of a branch's events, sealed: the hash of them and of the seal before."""

    branch_id: UUID
    no: int
    sealed_at: datetime
    events: int
    events_hash: bytes
    previous: bytes
    hash: bytes


def plain_text(text: str | None) -> str | None:
    """What a stranger has written, in one printable line of at most `MOST_TEXT` characters."""
    if not text:
        return None
    return "".join(c for c in text if c.isprintable()).strip()[:MOST_TEXT] or None


def instant(at: datetime) -> str:
    """A time in UTC to the microsecond."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"


def event_hash(event: AuditEvent) -> bytes:
    """The hash of all that an event says, in the form that PostgreSQL writes JSON arrays in."""
    # jsonb orders an object's members by the length of their names first.
    subjects = dict(sorted(event.subjects.items(), key=lambda item: (len(item[0].encode()), item)))
    said = [
        str(event.id), str(event.branch_id), instant(event.at), event.kind.value,
        _text(event.actor_id), event.actor_role, event.address, _text(event.device_id),
        event.client, event.action, subjects, event.reason,
    ]  # fmt: skip
    written = json.dumps(said, ensure_ascii=False, separators=(", ", ": "))
    return hashlib.sha256(EVENT + written.encode()).digest()


def _text(id_: UUID | None) -> str | None:
    return None if id_ is None else str(id_)


def origin(branch_id: UUID) -> bytes:
    """What a branch's first seal follows."""
    return hashlib.sha256(ORIGIN + branch_id.bytes).digest()


def batch_hash(event_hashes: Sequence[bytes]) -> bytes:
    """The hash of a batch, given those of its events in the order of their ids."""
    return hashlib.sha256(BATCH + b"".join(event_hashes)).digest()


def seal_hash(seal: Seal) -> bytes:
    """A seal's hash: of the seal before it, its number, size and time, and its batch."""
    since = seal.sealed_at - datetime(1970, 1, 1, tzinfo=UTC)
    micros = (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
    numbers = b"".join(n.to_bytes(8, "big", signed=True) for n in (seal.no, seal.events, micros))
    return hashlib.sha256(SEAL + seal.previous + numbers + seal.events_hash).digest()
