"""Sign in whom the organization's identity provider vouches for."""

from datetime import datetime

from data.session import EVERYTHING, Database
from identity.bearers.store import sign_in_record_of
from identity.errors import UnknownAtProvider
from identity.providers import store
from identity.providers.provider import Identity
from identity.sign_in import SignedIn, Whence, open_session


async def sign_in_with_provider(
    database: Database, identity: Identity, whence: Whence, now: datetime
) -> SignedIn:
    """A token for whom an administrator has named: by the subject that they were tied to, at first
    by an e-mail address that the provider has verified. It makes nobody and gives no right.

    Raises `UnknownAtProvider`.
    """
    async with database.transaction(EVERYTHING) as session:
        # 1. Who it is. An address is looked at once: whoever gets it later is somebody else.
        staff_id = await store.person_tied(session, identity.issuer, identity.subject)
        if staff_id is None and identity.email is not None:
            staff_id = await store.tie(session, identity, now)
        record = await sign_in_record_of(session, staff_id) if staff_id else None
        if record is None or not record.is_active:
            raise UnknownAtProvider
        # 2. Signed in.
        await store.note_use(session, record.staff_id, now)
        return await open_session(session, record, whence, "sign-in with the provider", now)
