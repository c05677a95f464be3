"""Add a passkey to one's account, and take one away."""

from datetime import datetime
from typing import Any
from uuid import UUID

from core.ids import new_id
from data.limits import Limits
from data.session import EVERYTHING, Database, Session
from identity.errors import PasskeyNotFound, PersonNotFound
from identity.passkeys import store
from identity.passkeys.passkey import Site, ask_for_new, challenge_in, check_new
from identity.passkeys.sign_in import check_challenge, remember
from identity.passwords.store import person

NEW = "passkey:new"
"""What a challenge was for."""


async def begin(database: Database, limits: Limits, site: Site, staff_id: UUID) -> dict[str, Any]:
    """What a browser is to be asked, for a person who has shown their password."""
    async with database.transaction(EVERYTHING) as session:
        who = await person(session, staff_id=staff_id)
        if who is None:
            raise PersonNotFound(str(staff_id))
        known = await store.credentials_of(session, staff_id)
    asked = ask_for_new(site, staff_id, who.username, who.full_name, known)
    await remember(limits, NEW, asked.challenge, str(staff_id))
    return asked.options


async def add_key(
    session: Session,
    limits: Limits,
    site: Site,
    owner: tuple[UUID, UUID],
    name: str,
    credential: dict[str, Any],
    now: datetime,
) -> UUID:
    """Keep the key that the browser had made: its id. `owner` is a person and their branch.

    Raises `InvalidField`, or `ChallengeGone` when it was not asked for within five minutes.
    """
    staff_id, branch_id = owner
    challenge = challenge_in(credential)
    await check_challenge(limits, NEW, challenge, str(staff_id))
    made = check_new(site, challenge, credential)
    key_id = new_id()
    await store.add(
        session, id=key_id, branch_id=branch_id, staff_id=staff_id, name=name,
        credential_id=made.credential_id, public_key=made.public_key,
        sign_count=made.sign_count, added_at=now,
    )  # fmt: skip
    return key_id


async def take_away(session: Session, staff_id: UUID, key_id: UUID) -> None:
    """Forget a person's key; it opens nothing from now on. Raises `PasskeyNotFound`."""
    if not await store.drop(session, staff_id, only=key_id):
        raise PasskeyNotFound(str(key_id))
