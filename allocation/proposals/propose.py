"""A sheet of owners comes back: what it would change, and which rows cannot be."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from allocation.errors import ProposalNotFound
from allocation.owners.move import Order, Terms
from allocation.owners.move_cases import judge
from allocation.proposals import store
from allocation.proposals.sheet import MOST_ROWS, Problem, Wish, sheets_of, wishes_of
from allocation.proposals.workbook import NoWorkbook, read, written
from core.errors import InvalidField
from data.session import Session
from identity.store import BranchView

COLUMN_OF = {
    "no_such_case": "case_id", "overtaken": "agent", "nobody_to_take_it_from": "new_agent",
}  # fmt: skip
"""The column that a refusal is about; otherwise the new agent."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was sent."""

    name: str
    content: bytes


async def sheet_of(session: Session, branch_id: UUID, now: datetime) -> bytes:
    """A branch's open cases with their owners as a workbook, to be edited and sent back."""
    cases = await store.owned_cases(session, branch_id, now)
    return written(sheets_of(cases, await store.agent_lines(session, branch_id)))


async def propose(
    session: Session, branch: BranchView, file: Upload, by: UUID, now: datetime
) -> store.Proposal:
    """Keep what a workbook would change as a proposal; nothing changes yet.

    Rows that cannot be are told with what would be right, and so are those whose case somebody
    else gave away since the sheet went out. Raises `InvalidField` when it is no workbook.
    """
    # 1. What the rows say.
    try:
        cells = read(file.content)
    except NoWorkbook as refused:
        raise InvalidField("file", f"an XLSX workbook such as went out ({refused})") from None
    if len(cells) > MOST_ROWS + 1:
        raise InvalidField("file", f"at most {MOST_ROWS:,} rows")
    wishes, problems = wishes_of(cells)
    # 2. Whom they name.
    names = {name for wish in wishes for name in (wish.former, wish.to) if name}
    ids = await store.staff_ids(session, sorted(names))
    known = []
    for wish in wishes:
        if wish.to is not None and wish.to not in ids:
            expected = "the username of an agent in your branches, or - for nobody"
            problems.append(Problem(wish.row, "new_agent", wish.to, expected))
        else:
            known.append(wish)
    # 3. What of it can be.
    changes = await _changes(session, branch, known, ids, problems, now)
    problems.sort(key=lambda problem: problem.row)
    proposal_id = await store.add(
        session, branch.id, file.name, hashlib.sha256(file.content).digest(),
        max(0, len(cells) - 1), changes, problems, by, now,
    )  # fmt: skip
    found = await store.proposal(session, proposal_id)
    assert found is not None
    return found


async def _changes(
    session: Session,
    branch: BranchView,
    wishes: Sequence[Wish],
    ids: dict[str, UUID],
    problems: list[Problem],
    now: datetime,
) -> list[dict[str, Any]]:
    wish_of = {wish.case_id: wish for wish in wishes}
    orders = [
        Order(w.case_id, ids[w.to] if w.to else None, True, ids.get(w.former or ""))
        for w in wishes
    ]  # fmt: skip
    judged = await judge(session, orders, Terms("proposed"), now)
    for no in judged.refused:
        wish = wish_of.get(no.case_id)
        if wish is not None:
            column = COLUMN_OF.get(no.code, "new_agent")
            told = {"case_id": str(wish.case_id), "agent": wish.former or ""}
            value = told.get(column, wish.to or "-")
            problems.append(Problem(wish.row, column, value, no.detail))
    concerned = {a for o in judged.possible for a in (o.agent_id, judged.owner(o.case_id)) if a}
    names = await store.usernames(session, sorted(concerned))
    leader = {center: wish for case, wish in wish_of.items() if (center := judged.center(case))}
    changes = []
    for order in judged.possible:
        former_id = judged.owner(order.case_id)
        # A center's members go on the same terms.
        wish = _led(leader, judged.center(order.case_id)) or wish_of[order.case_id]
        own = wish_of.get(order.case_id)
        until = wish.pin_until and datetime.combine(
            wish.pin_until, time(23, 59, 59), ZoneInfo(branch.zone)
        )
        if former_id == order.agent_id and not wish.pin:
            continue
        changes.append(
            {
                "row": own.row if own else None,
                "case_id": str(order.case_id),
                "from_id": former_id and str(former_id),
                "from_agent": names.get(former_id) if former_id else None,
                "to_id": order.agent_id and str(order.agent_id),
                "to_agent": names.get(order.agent_id) if order.agent_id else None,
                "reason": wish.reason,
                "pin": wish.pin,
                "pin_until": until.isoformat() if until else None,
            }
        )
    return changes


def _led(leader: Mapping[UUID, Wish], center: UUID | None) -> Wish | None:
    return leader.get(center) if center else None


async def proposal_of(session: Session, proposal_id: UUID) -> store.Proposal:
    """A proposal in scope. Raises `ProposalNotFound`."""
    found = await store.proposal(session, proposal_id)
    if found is None:
        raise ProposalNotFound(str(proposal_id))
    return found
