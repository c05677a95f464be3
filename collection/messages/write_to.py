"""Write to a customer by template, because somebody stands at a door or has just left it."""

from datetime import date, datetime
from uuid import UUID, uuid5

from collection.custody.amount_text import amount_text
from collection.errors import CaseNotFound
from collection.gate.decisions.decide import check
from collection.gate.facts import Contact
from collection.gate.rule import Channel
from collection.messages import store
from collection.messages.errors import MessageBarred, NothingToRemindOf, WrittenToday
from collection.messages.message import Purpose
from collection.messages.put_out import put_out
from collection.messages.wording import day_in, language_of, words_of
from core.clock import local_day
from data.session import Session


async def write_to(
    session: Session, case_id: UUID, purpose: Purpose, channel: Channel, now: datetime
) -> str:
    """Put a message out to the customer of a case in scope, and tell its words.

    One of each purpose a day, whoever asks. The contact rules are asked now, so that whoever asks
    hears them, and again when it is about to go. Raises `CaseNotFound`, `MessageBarred`,
    `WrittenToday`, or `NothingToRemindOf` where nothing is overdue.
    """
    to = await store.recipient(session, case_id, now)
    if to is None:
        raise CaseNotFound(str(case_id))
    decision = await check(session, case_id, Contact(channel=channel), now)
    if not decision.is_allowed:
        raise MessageBarred(tuple(str(hit["text"]) for hit in decision.hits))
    overdue = await store.overdue(session, case_id)
    if purpose is Purpose.DUE_REMINDER and not overdue.amount_minor:
        raise NothingToRemindOf(str(case_id))
    day, language = local_day(now, to.zone), language_of(to.language)
    values = {"lender": to.lender, "day": day_in(day, language)}
    if purpose is Purpose.DUE_REMINDER:
        values["amount"] = amount_text(overdue)
    body = words_of(purpose, language, **values)
    if not await put_out(
        session, to, purpose, subject_of(case_id, day), channel, language, body, now
    ):
        raise WrittenToday(purpose.value, day)
    return body


def subject_of(case_id: UUID, day: date) -> UUID:
    """What a day's message about a case is known by: the database keeps one of each purpose."""
    return uuid5(case_id, day.isoformat())
