"""Carry out the moves that were planned for now."""

from datetime import datetime
from uuid import UUID

from allocation.owners import store
from allocation.owners.move_cases import Change, carry_out
from data.session import Session

MOST_AT_ONCE = 5_000
"""Moves of one transaction."""


async def turn_over(session: Session, now: datetime) -> int:
    """Carry out the planned moves in scope that are due; how many were possible.

    Those of closed cases, and to agents who have left, are refused and say so. Of several for one
    case the latest counts.
    """
    due = await store.take_due(session, now, MOST_AT_ONCE)
    refused = [move.id for move in due if not move.possible]
    possible = [move for move in due if move.possible]
    last = {move.case_id: move for move in possible}
    together: dict[tuple[str, UUID], list[Change]] = {}
    for move in last.values():
        change = Change(move.case_id, move.former_id, move.agent_id)
        together.setdefault((move.reason, move.by), []).append(change)
    for (reason, by), changes in together.items():
        news = [change for change in changes if change.from_id != change.to_id]
        await carry_out(session, news, reason, by, now)
    await store.settle(session, refused, "refused", now)
    await store.settle(session, [move.id for move in possible], "done", now)
    return len(possible)
