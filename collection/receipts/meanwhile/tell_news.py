"""Find out what a phone did not know of a case when it took a payment."""

from uuid import UUID

from collection.receipts.meanwhile import store
from collection.receipts.meanwhile.news import Known, News, news_of
from collection.receipts.receipt import Receipt
from data.session import Session


async def tell_news(
    session: Session, agent_id: UUID, taken: Receipt, known: Known
) -> tuple[News, ...]:
    """What happened from `known.as_of` until the receipt came in; the same whenever it is asked.

    The session sees the branch: others' payments are among it.
    """
    since, until = known.as_of, taken.received_at
    paid = await store.payments_of_others(session, taken.case_id, agent_id, since, until)
    handed_on = await store.handed_on(session, taken.case_id, agent_id, since, until)
    return news_of(taken, known, paid, handed_on)
