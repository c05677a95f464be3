"""Look at all books: leaves that nobody accounts for are told to the branch."""

from datetime import datetime

from collection.receipts.books import store
from collection.receipts.books.book import GRACE, in_runs
from core.said import say
from data.alerts import NewAlert, open_alerts, settle_alerts
from data.session import Session

LEAVES_MISSING = "leaves_missing"
"""The kind of these alerts; their subject is the book."""


async def watch_books(session: Session, now: datetime) -> None:
    """Have an alert open about each book in scope with leaves that are missing for longer than
    receipts on paper may take to be entered."""
    known = await open_alerts(session, [LEAVES_MISSING])
    wanted = [
        _alert(one, late)
        for one in await store.books_with_missing(session)
        if (late := [leaf.number for leaf in one.missing if leaf.since <= now - GRACE])
    ]
    await settle_alerts(session, known, wanted, now)


def _alert(one: store.BookView, late: list[int]) -> NewAlert:
    return NewAlert(
        one.book.branch_id,
        LEAVES_MISSING,
        one.book.id,
        say("Paper receipts of {agent} are not accounted for", agent=one.agent),
        say(
            "Book {series}: {numbers}. Have each entered, or declared as cancelled or lost.",
            series=one.book.series,
            numbers=in_runs(late),
        ),
        agent_id=one.book.agent_id,
        facts={"series": one.book.series, "numbers": late},
    )
