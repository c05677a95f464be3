"""Send the customer a message with a link to the receipt."""

from datetime import datetime
from uuid import UUID

from collection.custody.amount_text import amount_text
from collection.gate.rule import Channel
from collection.messages import store as messages
from collection.messages.message import Purpose
from collection.messages.put_out import put_out
from collection.messages.wording import day_in, language_of, words_of
from collection.receipts.copies import store
from core.clock import local_day
from data.session import Session
from identity.links.link import Leads, token_of
from identity.links.link_key import link_key


async def send_copy(session: Session, receipt_id: UUID, base_url: str, now: datetime) -> bool:
    """Put a message out about a receipt, once, in the customer's language.

    For a session that sees everything. False when there is nothing to send: no such receipt, a
    branch that sends none, or one that was sent before. `base_url` is where customers reach us.
    """
    copy = await store.copy_of(session, receipt_id)
    to = await messages.recipient(session, copy.case_id, now) if copy else None
    if copy is None or to is None:
        return False
    channel = await store.message_channel(session, to.branch_id)
    if channel == "off":
        return False
    token = token_of(await link_key(session, now), Leads.RECEIPT, receipt_id)
    language = language_of(to.language)
    body = words_of(
        Purpose.RECEIPT,
        language,
        lender=to.lender,
        amount=amount_text(copy.amount),
        day=day_in(local_day(copy.taken_at, copy.zone), language),
        number=copy.number.text,
        link=f"{base_url}/r/{token}",
    )
    made = await put_out(
        session, to, Purpose.RECEIPT, receipt_id, Channel(channel), language, body, now
    )
    return made is not None
