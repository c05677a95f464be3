"""Remind customers of their promises: the day before, on the day, and once when none was kept."""

from datetime import datetime

from collection.custody.amount_text import amount_text
from collection.gate.decisions.decide import check
from collection.gate.facts import Contact
from collection.messages import store as messages
from collection.messages.put_out import put_out
from collection.messages.wording import day_in, language_of, words_of
from collection.promises.reminders import store
from collection.promises.reminders.store import Reminder
from data.session import EVERYTHING, Database, Session


async def remind(database: Database, now: datetime) -> int:
    """Put out the reminders that wait; how many that were. Each stands for itself."""
    async with database.transaction(EVERYTHING, read_only=True) as session:
        waiting = await store.waiting(session, now)
    put = 0
    for reminder in waiting:
        async with database.transaction(EVERYTHING) as session:
            put += await _put(session, reminder, now)
    return put


async def _put(session: Session, reminder: Reminder, now: datetime) -> bool:
    """Put one out, in the customer's language. One that the contact rules speak against now is
    looked at again later, until its day is over."""
    to = await messages.recipient(session, reminder.case_id, now)
    if to is None:
        return False
    decision = await check(session, reminder.case_id, Contact(channel=reminder.channel), now)
    if not decision.is_allowed:
        return False
    language = language_of(to.language)
    body = words_of(
        reminder.purpose, language, lender=to.lender, amount=amount_text(reminder.left),
        day=day_in(reminder.due_on, language),
    )  # fmt: skip
    made = await put_out(
        session, to, reminder.purpose, reminder.promise_id, reminder.channel, language, body, now
    )
    return made is not None
