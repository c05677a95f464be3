"""Moves that a calculation suggests become a proposal, as those of a sheet do."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from allocation.owners.move import Order, Terms
from allocation.owners.move_cases import judge
from allocation.problem import Move
from allocation.proposals import store
from data.session import Session


async def propose_moves(
    session: Session,
    branch_id: UUID,
    moves: Sequence[Move],
    reason: str,
    source_id: UUID,
    by: UUID,
    now: datetime,
) -> UUID | None:
    """Keep moves as a proposal; nothing changes yet. None where no move can be made any more.

    `source_id` is what they come of. Moves that the rules or somebody's change in the meantime do
    not allow are left out.
    """
    orders = [Order(move.case_id, move.to_id, True, move.from_id) for move in moves]
    judged = await judge(session, orders, Terms(reason), now)
    concerned = {a for o in judged.possible for a in (o.agent_id, judged.owner(o.case_id)) if a}
    names = await store.usernames(session, sorted(concerned))
    changes = [
        {
            "row": None,
            "case_id": str(order.case_id),
            "from_id": str(former) if former else None,
            "from_agent": names.get(former) if former else None,
            "to_id": str(order.agent_id),
            "to_agent": names.get(order.agent_id) if order.agent_id else None,
            "reason": reason,
            "pin": False,
            "pin_until": None,
        }
        for order in judged.possible
        for former in (judged.owner(order.case_id),)
        if former != order.agent_id
    ]
    if not changes:
        return None
    return await store.add(
        session, branch_id, reason, hashlib.sha256(source_id.bytes).digest(), len(moves), changes,
        [], by, now,
    )  # fmt: skip
