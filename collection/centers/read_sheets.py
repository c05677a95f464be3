"""Read the sheets of a meeting day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from collection.centers import store
from collection.centers.errors import CenterNotFound
from collection.centers.sheet import Amounts, CenterHead, Level, Sheet, sheets_of
from collection.portfolio.advances.offered import offered_until
from data.session import Session


@dataclass(frozen=True, slots=True)
class DaySheets:
    """The sheets of a day, and the sums of all of a branch's by its id."""

    sheets: list[Sheet]
    of_branch: dict[UUID, Amounts]


async def sheet_of(session: Session, center_id: UUID, day: date) -> Sheet:
    """The sheet of a center for a day; an agent's has those members whose cases are theirs.

    Without such members it is empty. Raises `CenterNotFound`.
    """
    head = await center_of(session, center_id, day)
    found = (await _sheets(session, [head], day)).sheets
    return found[0] if found else Sheet.empty(head, day)


async def center_of(session: Session, center_id: UUID, day: date) -> CenterHead:
    """A center in scope, as of a day. Raises `CenterNotFound`."""
    head = await store.head(session, center_id, day)
    if head is None:
        raise CenterNotFound(str(center_id))
    return head


async def sheets_on(session: Session, day: date) -> DaySheets:
    """The sheets of the centers in scope that meet on a day or have a sheet of it.

    Those without any open case, which an agent sees none of where none is theirs, are left out.
    """
    return await _sheets(session, await store.heads(session, day), day)


async def _sheets(session: Session, heads: Sequence[CenterHead], day: date) -> DaySheets:
    ids = [head.center_id for head in heads]
    branch_ids = {head.branch_id for head in heads}
    lines = await store.lines(session, ids, day, await offered_until(session, branch_ids, day))
    marks = await store.marks(session, ids, day)
    of_branch = {line.branch_id: line.amounts for line in lines if line.level is Level.BRANCH}
    return DaySheets(sheets_of(heads, lines, marks, day), of_branch)
