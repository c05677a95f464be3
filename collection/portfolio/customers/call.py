"""Which number a case's customer is called at."""

from datetime import datetime
from uuid import UUID

from collection.errors import CaseNotFound
from collection.gate.decisions.decide import Asking, ask
from collection.gate.facts import Contact
from collection.gate.rule import Channel
from collection.portfolio.customers import store
from collection.portfolio.customers.overlays.contact_value import ContactKind
from collection.portfolio.customers.overlays.errors import (
    CallBarred,
    ContactNotFound,
    NumberNotToBeUsed,
)
from core.ids import new_id
from data.session import Session


async def number_to_call(
    session: Session, case_id: UUID, contact_id: UUID | None, agent_id: UUID | None, now: datetime
) -> str | CallBarred:
    """The number of an added contact, or without one the source's own, as it is dialed: the call
    counts from now on. Where the contact rules allow none now, why, and that is kept once the
    transaction is committed.

    Raises `CaseNotFound`, `ContactNotFound` or `NumberNotToBeUsed` for one that is not to be used.
    """
    customer_id = await store.customer_of_case(session, case_id)
    if customer_id is None:
        raise CaseNotFound(str(case_id))
    ids = [record.id for record in await store.records(session, customer_id)]
    for contact in await store.contacts(session, ids, now.date()):
        if contact.id == contact_id and contact.kind == ContactKind.PHONE:
            if contact.excluded:
                raise NumberNotToBeUsed(tuple(contact.excluded))
            call = Contact(channel=Channel.CALL, party=contact.party)
            decision = await ask(session, Asking(new_id(), case_id, agent_id, now, call), now)
            if not decision.is_allowed:
                return CallBarred(tuple(str(hit["text"]) for hit in decision.hits))
            return "".join(c for c in contact.value if c in "+0123456789")
    raise ContactNotFound(str(contact_id or "the customer's own number"))
