"""Take a statement file back that was taken in by mistake."""

from datetime import datetime
from uuid import UUID

from collection.reconciliation.errors import BuiltUpon, NotTakenIn, StatementNotFound
from collection.reconciliation.matches.undo import undo_all
from collection.reconciliation.statements.store import file as file_of
from collection.reconciliation.statements.store import one_at_a_time
from collection.reconciliation.taken_back import store
from core.errors import InvalidField
from core.said import say
from data.session import Session


async def take_back(
    session: Session, staff_id: UUID, file_id: UUID, because: str, now: datetime
) -> None:
    """Have a file's lines count no more; what they were matched with by itself is open again.

    The file and its lines are kept, and the same file may be taken in anew. Raises
    `StatementNotFound`, `NotTakenIn`, `BuiltUpon` where people have matched its lines or set them
    aside, or a later file has told some of them again, or `InvalidField`.
    """
    if not because.strip():
        raise InvalidField("because", say("why the file is taken back"))
    # 1. Nobody takes in or matches for its accounts meanwhile.
    for account_id in await store.accounts_of(session, file_id):
        await one_at_a_time(session, account_id)
    file = await file_of(session, file_id)
    if file is None:
        raise StatementNotFound(str(file_id))
    if file.state != "done":
        raise NotTakenIn(str(file_id), file.state)
    # 2. Nothing was built on it.
    if in_the_way := await store.in_the_way(session, file_id):
        raise BuiltUpon(in_the_way)
    # 3. What was matched without a person is undone, and the lines count no more.
    standing = await store.standing_matches(session, file_id)
    await undo_all(session, staff_id, standing, because.strip(), now)
    await store.drop_proposals_of_file(session, file_id)
    await store.set_taken_back(session, file_id, staff_id, because.strip(), now)
