"""Carry out the moves to other branches whose day has come."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from allocation.branch_moves import store
from allocation.branch_moves.move import carry_out
from core.errors import DomainError
from core.said import say
from data.alerts import clear_alert, raise_alert
from data.session import EVERYTHING, Database

STUCK = "branch_move"
"""The kind of the alert about a move that something is in the way of; its subject is the move."""


@dataclass(frozen=True, slots=True)
class Carried:
    """How many moves were done, and how many wait for somebody to clear the way."""

    done: int
    stuck: int


async def carry_out_due(database: Database, now: datetime) -> Carried:
    """Each in a transaction of its own. What stands in the way of one is told to its branch, and it
    is tried again."""
    async with database.transaction(EVERYTHING, read_only=True) as session:
        ids = await store.due(session, now)
    outcomes = [await _carried_out(database, move_id, now) for move_id in ids]
    return Carried(outcomes.count(True), outcomes.count(False))


async def _carried_out(database: Database, move_id: UUID, now: datetime) -> bool:
    try:
        async with database.transaction(EVERYTHING) as session:
            found = await store.move(session, move_id)
            await carry_out(session, move_id, None, now)
            if found:
                await clear_alert(session, found.branch_id, STUCK, move_id, now)
            return True
    except DomainError as refused:
        async with database.transaction(EVERYTHING) as session:
            found = await store.move(session, move_id)
            if found is not None and found.state == "planned":
                await raise_alert(
                    session,
                    found.branch_id,
                    STUCK,
                    move_id,
                    say("{person} cannot go to branch {branch} yet", person=found.person,
                        branch=found.to_branch),
                    say("{title}. {detail}", title=refused.title, detail=refused.detail),
                    now,
                )  # fmt: skip
        return False
