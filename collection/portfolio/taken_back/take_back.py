"""Take a demand file back that was taken in by mistake, as long as nobody has acted on it."""

from datetime import date, datetime
from uuid import UUID

from collection.portfolio.case_figures import store as case_figures
from collection.portfolio.case_figures.figures import figures_of
from collection.portfolio.errors import (
    ActedUpon,
    DemandFileNotFound,
    DemandFileTakenBack,
    TooLateToTakeBack,
)
from collection.portfolio.intake.store import one_at_a_time
from collection.portfolio.products import store as products
from collection.portfolio.taken_back import store
from collection.portfolio.taken_back.store import KEPT
from core.errors import InvalidField
from core.said import say
from data.session import Session


async def take_back(
    session: Session, staff_id: UUID, import_id: UUID, because: str, day: date, now: datetime
) -> None:
    """Have the accounts of a file owe what they owed before it came; `day` is today.

    An account that the file brought owes nothing any more and its case closes as reinstated: it is
    kept, so that money which was taken for it without a network still finds it. Names, numbers and
    addresses stay as the file told them. The same file may be taken in anew.

    Raises `InvalidField` without a reason, `DemandFileNotFound`, `DemandFileTakenBack`,
    `TooLateToTakeBack`, or `ActedUpon` with all that has come of the file: then nothing has
    changed.
    """
    if not because.strip():
        raise InvalidField("because", say("why the file is taken back"))
    # 1. No other file comes in meanwhile, and nobody pays.
    await one_at_a_time(session)
    file = await store.file(session, import_id)
    if file is None:
        raise DemandFileNotFound(str(import_id))
    if file.taken_back_at is not None:
        raise DemandFileTakenBack(str(import_id))
    if not file.is_kept:
        raise TooLateToTakeBack(str(import_id), KEPT.days)
    out_of_sight = await store.lock_accounts(session, import_id)
    # 2. Nobody has acted on it.
    in_the_way, count = await store.in_the_way(session, import_id, now, out_of_sight)
    if in_the_way:
        raise ActedUpon(in_the_way, count)
    # 3. What is due, promised and outstanding is as it was.
    await store.restore_demands(session, import_id)
    await store.restore_promises(session, import_id)
    await store.restore_accounts(session, import_id)
    # 4. How late, how much, how urgent; and what the file has opened closes.
    await store.ask_for_accounts(session, import_id, day)
    terms = await products.terms_on(session, day)
    facts = await case_figures.facts(session, day, list(terms))
    await case_figures.stage(session, figures_of(facts, list(terms.values()), day))
    await case_figures.update_cases(session, day)
    await store.close_cases(session, import_id, staff_id, because.strip(), now)
    await store.set_taken_back(session, import_id, staff_id, because.strip(), now)
