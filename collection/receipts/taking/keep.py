"""Write down receipts that were decided, any number at once."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from collection.custody import store as custody
from collection.custody.till import Move
from collection.receipts.pay_accounts import pay_accounts
from collection.receipts.taking import store
from collection.receipts.taking.taken import Taken
from data.live import announce
from data.session import Session


async def keep(session: Session, taken: Sequence[Taken]) -> None:
    """Store agents' receipts with their numbers and in the journal, fill the tills and put the
    money where it belongs, all at the end of the transaction; have the map told.

    What they were decided on is locked, and they come in the order in which they were decided.
    Raises `IdReused` then when the id of the only one is taken, `DatabaseError` for one of several.
    """
    await custody.move_last(session, _by_till(taken))
    numbers = [t.receipt.number for t in taken]
    await store.count_on(session, {each.series_id: each.number for each in numbers})
    await store.add_receipts(session, [_row(t) for t in taken])
    await custody.write_entries(session, [_entry(t) for t in taken])
    await pay_accounts(session, [(t.case, t.payment) for t in taken])
    for t in taken:
        case_id = str(t.receipt.case_id)
        told = {"agent_id": str(t.agent_id), "case_id": case_id, "status": "met"}
        announce(session, t.case.branch_id, "stop", told)


def _by_till(taken: Sequence[Taken]) -> list[Move]:
    """What fills each till; one that is a fact comes alone."""
    moves: dict[UUID, Move] = {}
    for move in (t.move for t in taken if t.move):
        before = moves.get(move.agent_id)
        moves[move.agent_id] = (
            replace(before, in_hand_minor=before.in_hand_minor + move.in_hand_minor)
            if before
            else move
        )
    return list(moves.values())


def _row(t: Taken) -> store.Row:
    offline = t.report.offline
    return store.Row(
        t.receipt, t.case.branch_id, t.case.account_id, t.report.body_hash, t.agent_id,
        fix=t.report.fix, lease_id=offline.lease_id if offline else None,
        lease_number=offline.number if offline else None,
    )  # fmt: skip


def _entry(t: Taken) -> custody.Written:
    came_at = t.receipt.taken_at if t.move else None
    return custody.Written(t.held.till.branch_id, t.entry, t.receipt.received_at, came_at)
