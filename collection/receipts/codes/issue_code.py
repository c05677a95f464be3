"""Send a customer a code for the day, before anybody comes or when somebody stands there."""

from datetime import datetime
from uuid import UUID

from collection.errors import CaseNotFound
from collection.gate.rule import Channel
from collection.messages import store as messages
from collection.messages.message import Purpose
from collection.messages.put_out import put_out
from collection.messages.wording import day_in, language_of, words_of
from collection.receipts.codes import store
from collection.receipts.codes.code import RANDOM_DIGITS, hash_code, with_check_digit
from collection.receipts.codes.errors import CodeJustSent, NoCodesHere
from core.clock import day_range, local_day
from core.ids import new_id
from data.queue import enqueue
from data.session import EVERYTHING, Database, Session
from identity.secret import new_digits

FROM_HOUR = 8
"""By the branch's clock: nobody is woken by a code."""

AGAIN_AFTER_S = 120


async def ask_for_code(session: Session, case_id: UUID, now: datetime) -> None:
    """Have a code sent to the customer of a case in scope. Raises `CaseNotFound`, `NoCodesHere`."""
    if await messages.recipient(session, case_id, now) is None:
        raise CaseNotFound(str(case_id))
    if not await store.asks_code(session, case_id):
        raise NoCodesHere(str(case_id))
    # Whoever asks may be the agent, who must see nothing of the code: a worker makes it.
    await enqueue(
        session, "messages.one_time_code", once=f"code:{case_id}", lane="messages",
        case_id=str(case_id),
    )  # fmt: skip


async def issue_code(session: Session, case_id: UUID, now: datetime) -> None:
    """Make a code for today and put it out. For a session that sees everything.

    It goes to the number that the lender has, or to one that somebody verified after another had
    added it: else whoever entered a number could read it. Raises `CaseNotFound`, or `CodeJustSent`
    within two minutes of the last one.
    """
    await store.lock_case(session, case_id)
    to = await messages.recipient(session, case_id, now)
    if to is None:
        raise CaseNotFound(str(case_id))
    last = await store.last_made_at(session, case_id)
    waited_s = (now - last).total_seconds() if last else AGAIN_AFTER_S
    if waited_s < AGAIN_AFTER_S:
        raise CodeJustSent(int(AGAIN_AFTER_S - waited_s))
    code = with_check_digit(new_digits(RANDOM_DIGITS))
    code_id, day = new_id(), local_day(now, to.zone)
    await store.add(
        session, code_id, to.branch_id, case_id, hash_code(case_id, code), now,
        day_range(day, to.zone)[1],
    )  # fmt: skip
    language = language_of(to.language)
    body = words_of(
        Purpose.ONE_TIME_CODE, language, lender=to.lender, code=code, day=day_in(day, language)
    )
    await put_out(session, to, Purpose.ONE_TIME_CODE, code_id, Channel.SMS, language, body, now)


async def issue_codes(database: Database, now: datetime) -> int:
    """Send codes to the customers of today's rounds who have none yet; how many that were.

    Each stands for itself. From then on phones need no network to take a code down.
    """
    async with database.transaction(EVERYTHING, read_only=True) as session:
        waiting = await store.cases_without_code(session, now, FROM_HOUR)
    for case_id in waiting:
        async with database.transaction(EVERYTHING) as session:
            await issue_code(session, case_id, now)
    return len(waiting)
