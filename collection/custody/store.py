"""SQL of tills and the journal."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import insert, text

from collection.custody.ledger import Entry, Kind, LedgerAccount, Posting
from collection.custody.till import Blocked, Move, Till
from core.ids import new_id
from core.money import Money
from data.session import Question, Session, ask, rows, run_last
from data.tables.custody import ReceiptSeries
from data.tables.custody import Till as TillRow

COLUMNS = (
    "agent_id", "branch_id", "currency", "in_hand_minor", "reserved_minor", "pending_minor",
    "in_transit_minor", "limit_minor", "blocked_for",
)  # fmt: skip
"""Of a till, as `as_till` reads it."""
_COLUMNS = ", ".join(COLUMNS)
TILL = f"SELECT {_COLUMNS} FROM till"  # noqa: S608 our own constant


def as_till(r: Any) -> Till:
    """The till of a row with all columns of one."""
    held, reserved, pending, in_transit, limit = (
        Money(minor, r.currency)
        for minor in (
            r.in_hand_minor, r.reserved_minor, r.pending_minor, r.in_transit_minor, r.limit_minor,
        )
    )  # fmt: skip
    blocked = None if r.blocked_for is None else Blocked(r.blocked_for)
    return Till(r.agent_id, r.branch_id, held, reserved, pending, in_transit, limit, blocked)


def _first(found: Sequence[Any]) -> Till | None:
    return as_till(found[0]) if found else None


async def till(session: Session, agent_id: UUID) -> Till | None:
    """An agent's till."""
    return _first(await rows(session, f"{TILL} WHERE agent_id = :agent", agent=agent_id))


async def lock_till(session: Session, agent_id: UUID) -> Till | None:
    """An agent's till, locked until the end: the agent's money moves one fact at a time."""
    return await ask(session, locking_till(agent_id))


def locking_till(agent_id: UUID) -> Question[Till | None]:
    """Asks what `lock_till` does."""
    return Question(
        f"{TILL} WHERE agent_id = :agent FOR NO KEY UPDATE", {"agent": agent_id}, _first
    )


async def lock_tills(session: Session, agent_ids: Sequence[UUID]) -> dict[UUID, Till]:
    """The tills of several agents, locked in the order of their ids, by agent."""
    found = await rows(
        session,
        f"{TILL} WHERE agent_id = ANY(CAST(:agents AS uuid[])) ORDER BY agent_id FOR NO KEY UPDATE",
        agents=list(agent_ids),
    )
    return {r.agent_id: as_till(r) for r in found}


_HELD = "in_hand_minor + reserved_minor + pending_minor + d.held"
# Room is asked for: what cannot be refused (`is_fact`) goes above the limit, and is noted as such.
_MOVE = f"""
UPDATE till SET
    in_hand_minor = in_hand_minor + d.in_hand, reserved_minor = reserved_minor + d.reserved,
    pending_minor = pending_minor + d.pending, in_transit_minor = in_transit_minor + d.in_transit,
    over_minor = CASE WHEN d.is_fact THEN greatest(0, {_HELD} - limit_minor)
                      ELSE least(over_minor, greatest(0, {_HELD} - limit_minor)) END,
    blocked_for = CASE WHEN d.block IS NOT NULL THEN d.block
                       WHEN d.in_hand < 0 AND {_HELD} <= limit_minor THEN NULL
                       ELSE blocked_for END
FROM (SELECT *, in_hand + reserved + pending AS held FROM unnest(
        CAST(:agents AS uuid[]), CAST(:in_hand AS bigint[]), CAST(:reserved AS bigint[]),
        CAST(:pending AS bigint[]), CAST(:in_transit AS bigint[]), CAST(:is_fact AS boolean[]),
        CAST(:block AS text[]))
      AS m (agent, in_hand, reserved, pending, in_transit, is_fact, block)) d
WHERE agent_id = d.agent AND in_hand_minor + d.in_hand >= 0 AND reserved_minor + d.reserved >= 0
  AND (d.is_fact OR d.held <= 0 OR (blocked_for IS NULL AND {_HELD} <= limit_minor))
RETURNING {_COLUMNS}
"""  # noqa: S608 our own constants


def _moving(moves: Sequence[Move]) -> dict[str, Any]:
    return {
        "agents": [m.agent_id for m in moves],
        "in_hand": [m.in_hand_minor for m in moves],
        "reserved": [m.reserved_minor for m in moves],
        "pending": [m.pending_minor for m in moves],
        "in_transit": [m.in_transit_minor for m in moves],
        "is_fact": [m.is_fact for m in moves],
        "block": [None if m.block is None else m.block.value for m in moves],
    }


async def move_cash(
    session: Session,
    agent_id: UUID,
    in_hand_minor: int = 0,
    *,
    reserved_minor: int = 0,
    pending_minor: int = 0,
    in_transit_minor: int = 0,
    is_fact: bool = False,
    block: Blocked | None = None,
) -> Till | None:
    """Change what a till holds, as a `Move`. None when it has no such room."""
    move = Move(
        agent_id, in_hand_minor, reserved_minor, pending_minor, in_transit_minor,
        is_fact=is_fact, block=block,
    )  # fmt: skip
    return _first(await rows(session, _MOVE, **_moving([move])))


async def move_last(session: Session, moves: Sequence[Move]) -> None:
    """Change what tills hold, each once, at the end of the transaction: they are locked, and have
    such room."""
    if moves:
        await run_last(session, _MOVE, **_moving(moves))


async def set_limit(session: Session, agent_id: UUID, limit_minor: int) -> None:
    """Set a till's limit; what is above it now is noted as such."""
    await session.execute(
        text(
            "UPDATE till SET limit_minor = :limit, over_minor = greatest(0,"
            " in_hand_minor + reserved_minor + pending_minor - :limit) WHERE agent_id = :agent"
        ),
        {"limit": limit_minor, "agent": agent_id},
    )


async def lock_branch(session: Session, branch_id: UUID) -> str:
    """The code of a branch, whose new series are numbered one at a time from here on."""
    found = await rows(
        session, "SELECT code FROM branch WHERE id = :branch FOR NO KEY UPDATE", branch=branch_id
    )
    code: str = found[0].code
    return code


async def count_series(session: Session, branch_id: UUID) -> int:
    """How many receipt series a branch has."""
    found = await rows(
        session,
        "SELECT count(*) AS series FROM receipt_series WHERE branch_id = :branch",
        branch=branch_id,
    )
    count: int = found[0].series
    return count


async def add_tills(
    session: Session, branch_id: UUID, tills: Sequence[tuple[UUID, Money, str]]
) -> None:
    """Add empty tills, each with its agent, limit, and the prefix of a receipt series that begins
    at 1."""
    if not tills:
        return
    await session.execute(
        insert(TillRow),
        [
            {
                "agent_id": agent_id, "branch_id": branch_id, "currency": limit.currency,
                "limit_minor": limit.amount_minor,
            }
            for agent_id, limit, _ in tills
        ],
    )  # fmt: skip
    await session.execute(
        insert(ReceiptSeries),
        [
            {"id": new_id(), "branch_id": branch_id, "agent_id": agent_id, "prefix": prefix}
            for agent_id, _, prefix in tills
        ],
    )


@dataclass(frozen=True, slots=True)
class Written:
    """An entry as it goes into the journal of a branch.

    With `came_at`, it is a receipt's whose cash came into an agent's hands then: a lot.
    """

    branch_id: UUID
    entry: Entry
    at: datetime
    came_at: datetime | None = None


_WRITE = """
WITH entry AS (
    INSERT INTO journal_entry (id, branch_id, kind, source_id, entered_at, reverses_id)
    SELECT * FROM unnest(CAST(:ids AS uuid[]), CAST(:branches AS uuid[]), CAST(:kinds AS text[]),
        CAST(:sources AS uuid[]), CAST(:at AS timestamptz[]), CAST(:reverses AS uuid[]))
), lot AS (
    INSERT INTO cash_lot (receipt_id, agent_id, branch_id, came_at, left_minor)
    SELECT * FROM unnest(CAST(:lots AS uuid[]), CAST(:holders AS uuid[]),
        CAST(:lot_branches AS uuid[]), CAST(:came_at AS timestamptz[]), CAST(:brought AS bigint[]))
)
INSERT INTO posting (entry_id, line, branch_id, ledger_account, owner_id, amount_minor, currency)
SELECT * FROM unnest(CAST(:entries AS uuid[]), CAST(:lines AS integer[]),
    CAST(:line_branches AS uuid[]), CAST(:accounts AS text[]), CAST(:owners AS uuid[]),
    CAST(:minor AS bigint[]), CAST(:currencies AS text[]))
"""


async def write_entry(session: Session, branch_id: UUID, entry: Entry, now: datetime) -> None:
    """Append an entry to the journal, at the end of the transaction."""
    await write_entries(session, [Written(branch_id, entry, now)])


async def write_entries(session: Session, written: Sequence[Written]) -> None:
    """Append entries to the journal, in this order, at the end of the transaction."""
    ids = [new_id() for _ in written]
    came = [(w, w.entry.postings[0]) for w in written if w.came_at]
    lines = [
        (id_, n, w.branch_id, p)
        for id_, w in zip(ids, written, strict=True)
        for n, p in enumerate(w.entry.postings, start=1)
    ]
    await run_last(
        session,
        _WRITE,
        ids=ids,
        branches=[w.branch_id for w in written],
        kinds=[w.entry.kind.value for w in written],
        sources=[w.entry.source_id for w in written],
        at=[w.at for w in written],
        reverses=[w.entry.reverses for w in written],
        lots=[w.entry.source_id for w, _ in came],
        holders=[p.owner_id for _, p in came],
        lot_branches=[w.branch_id for w, _ in came],
        came_at=[w.came_at for w, _ in came],
        brought=[p.amount.amount_minor for _, p in came],
        entries=[id_ for id_, _, _, _ in lines],
        lines=[n for _, n, _, _ in lines],
        line_branches=[branch for _, _, branch, _ in lines],
        accounts=[p.account.value for _, _, _, p in lines],
        owners=[p.owner_id for _, _, _, p in lines],
        minor=[p.amount.amount_minor for _, _, _, p in lines],
        currencies=[p.amount.currency for _, _, _, p in lines],
    )


@dataclass(frozen=True, slots=True)
class StoredEntry:
    """An entry of the journal, with the branch in whose books it stands."""

    id: UUID
    branch_id: UUID
    postings: tuple[Posting, ...]


async def entry_of(session: Session, kind: Kind, source_id: UUID) -> StoredEntry:
    """The entry that an event made; there must be one."""
    return (await entries_of(session, kind, [source_id]))[source_id]


async def entries_of(
    session: Session, kind: Kind, source_ids: Sequence[UUID]
) -> dict[UUID, StoredEntry]:
    """The entries that events made, by event; there must be one for each."""
    found = await rows(
        session,
        "SELECT e.source_id, p.* FROM journal_entry e JOIN posting p ON p.entry_id = e.id"
        " WHERE e.kind = :kind AND e.source_id = ANY(CAST(:sources AS uuid[]))"
        " ORDER BY e.source_id, p.line",
        kind=kind.value,
        sources=list(source_ids),
    )
    return {
        source_id: _entry(list(its)) for source_id, its in groupby(found, lambda r: r.source_id)
    }


def _entry(found: Sequence[Any]) -> StoredEntry:
    postings = tuple(
        Posting(LedgerAccount(r.ledger_account), r.owner_id, Money(r.amount_minor, r.currency))
        for r in found
    )
    return StoredEntry(found[0].entry_id, found[0].branch_id, postings)


async def agent_name(session: Session, agent_id: UUID) -> str:
    """The full name of an agent in scope."""
    found = await rows(session, "SELECT full_name FROM staff WHERE id = :id", id=agent_id)
    name: str = found[0].full_name
    return name


async def tills_in_doubt(session: Session) -> list[UUID]:
    """Agents whose cash in hand is not what came in less what went out, as the facts tell it, or
    not what the ledger says, or not what is left of the receipts in their hands."""
    found = await rows(
        session,
        """
        SELECT agent_id FROM till t WHERE in_hand_minor IS DISTINCT FROM
            (SELECT coalesce(sum(r.amount_minor), 0) FROM receipt r
             WHERE r.agent_id = t.agent_id AND r.mode = 'cash')
            - (SELECT coalesce(sum(v.from_hand_minor), 0) FROM receipt_reversal v
               WHERE v.agent_id = t.agent_id AND v.state = 'approved')
            - (SELECT coalesce(sum(d.amount_minor), 0) FROM deposit d
               WHERE d.agent_id = t.agent_id AND d.rejected_at IS NULL)
            + (SELECT coalesce(sum(CASE WHEN h.taker_id = t.agent_id THEN h.amount_minor
                                        ELSE -h.amount_minor END), 0) FROM cash_handover h
               WHERE t.agent_id IN (h.taker_id, h.giver_id) AND h.state = 'accepted')
          OR in_hand_minor IS DISTINCT FROM
            (SELECT coalesce(sum(p.amount_minor), 0) FROM posting p
             WHERE p.ledger_account = 'agent_cash' AND p.owner_id = t.agent_id)
          OR in_hand_minor IS DISTINCT FROM
            (SELECT coalesce(sum(l.left_minor), 0) FROM cash_lot l WHERE l.agent_id = t.agent_id)
        """,
    )
    return [r.agent_id for r in found]
