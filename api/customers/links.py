"""Addresses that need no sign-in."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request

from api.deps import Db, Now
from core.settings import settings
from data.session import EVERYTHING
from identity.links.link import Leads, token_of
from identity.links.link_key import link_key

PATHS = {Leads.RECEIPT: "r", Leads.PAYMENT: "pay"}


async def _key(request: Request, database: Db, now: Now) -> bytes:
    """The installation's key; it never changes, so a process asks for it once."""
    known: bytes | None = getattr(request.app.state, "link_key", None)
    if known is None:
        async with database.transaction(EVERYTHING) as session:
            known = await link_key(session, now)
        request.app.state.link_key = known
    return known


TheLinkKey = Annotated[bytes, Depends(_key)]


def link_of(request: Request, key: bytes, leads: Leads, subject_id: UUID) -> str:
    """The whole address that leads to a subject, as who asks has reached us, to show it to them."""
    base = settings().public_url or str(request.base_url)
    return f"{base.rstrip('/')}/{PATHS[leads]}/{token_of(key, leads, subject_id)}"


def sent_link_of(key: bytes, leads: Leads, subject_id: UUID) -> str:
    """The same as customers reach us, for messages that go to others: never of what a request says
    that our name is, or whoever sends one could have customers pay at an address of theirs."""
    return f"{settings().customers_url}/{PATHS[leads]}/{token_of(key, leads, subject_id)}"
