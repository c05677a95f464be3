"""A sheet of owners comes back: what it would change, and which rows cannot be."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from allocation.owners.move import Order, Terms
from allocation.owners.move_cases import judge
from allocation.proposals import store
from allocation.proposals.proposal import Proposal, ProposedChange
from allocation.proposals.read import proposal_of
from allocation.proposals.sheets import store as sheets
from allocation.proposals.sheets.sheet import MOST_ROWS, Problem, Wish, sheets_of, wishes_of
from allocation.proposals.sheets.workbook import NoWorkbook, read, written
from core.apart import Most, TookTooMuch, set_apart_within
from core.errors import InvalidField
from core.said import say
from data.session import Session
from identity.store import BranchView

COLUMN_OF = {
    "no_such_case": "case_id", "overtaken": "agent", "nobody_to_take_it_from": "new_agent",
}  # fmt: skip
"""The column that a refusal is about; otherwise the new agent."""


MOST = Most(memory_bytes=1_500_000_000, cpu_s=30)
"""What reading a workbook may take, far above what the largest one that is of use takes."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was sent."""

    name: str
    content: bytes


async def sheet_of(session: Session, branch_id: UUID, now: datetime) -> bytes:
    """A branch's open cases with their owners as a workbook, to be edited and sent back."""
    cases = await sheets.owned_cases(session, branch_id, now)
    return written(sheets_of(cases, await sheets.agent_lines(session, branch_id)))


async def propose(
    session: Session, branch: BranchView, file: Upload, by: UUID, now: datetime
) -> Proposal:
    """Keep what a workbook would change as a proposal; nothing changes yet.

    Rows that cannot be are told with what would be right, and so are those whose case somebody
    else gave away since the sheet went out. Raises `InvalidField` when it is no workbook.
    """
    # 1. What the rows say.
    try:
        cells = await set_apart_within(MOST, read, file.content)
    except (NoWorkbook, TookTooMuch) as refused:
        why = str(refused) or "it takes too much to read"
        raise InvalidField(
            "file", say("an XLSX workbook such as went out ({refused})", refused=why)
        ) from None
    if len(cells) > MOST_ROWS + 1:
        raise InvalidField("file", say("at most {most_rows:,} rows", most_rows=MOST_ROWS))
    wishes, problems = wishes_of(cells)
    # 2. Whom they name.
    names = {name for wish in wishes for name in (wish.former, wish.to) if name}
    ids = await sheets.staff_ids(session, sorted(names))
    known = []
    for wish in wishes:
        if wish.to is not None and wish.to not in ids:
            expected = say("the username of an agent in your branches, or - for nobody")
            problems.append(Problem(wish.row, "new_agent", wish.to, expected))
        else:
            known.append(wish)
    # 3. What of it can be.
    changes = await _changes(session, branch, known, ids, problems, now)
    problems.sort(key=lambda problem: problem.row)
    new = store.NewProposal(
        branch.id, (branch.id,), "sheet", file.name, changes,
        [asdict(problem) for problem in problems], max(0, len(cells) - 1),
        hashlib.sha256(file.content).digest(),
    )  # fmt: skip
    return await proposal_of(session, await store.add(session, new, by, now))


async def _changes(
    session: Session,
    branch: BranchView,
    wishes: Sequence[Wish],
    ids: dict[str, UUID],
    problems: list[Problem],
    now: datetime,
) -> list[ProposedChange]:
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
    leader = {center: wish for case, wish in wish_of.items() if (center := judged.center(case))}
    changes = []
    for order in judged.possible:
        former_id = judged.owner(order.case_id)
        # A center's members go on the same terms.
        wish = _led(leader, judged.center(order.case_id)) or wish_of[order.case_id]
        own = wish_of.get(order.case_id)
        until = None
        if wish.pin_until:
            until = datetime.combine(wish.pin_until, time(23, 59, 59), ZoneInfo(branch.zone))
        if former_id == order.agent_id and not wish.pin:
            continue
        at = judged.cases[order.case_id].case.position
        changes.append(
            ProposedChange(
                order.case_id, former_id, order.agent_id, wish.reason,
                row=own.row if own else None, pin=wish.pin, pin_until=until,
                lat=at.lat, lon=at.lon,
            )
        )  # fmt: skip
    return changes


def _led(leader: Mapping[UUID, Wish], center: UUID | None) -> Wish | None:
    return leader.get(center) if center else None
