"""Ask who is signed in for their password again, before what an open session may not do."""

from datetime import datetime
from uuid import UUID

from data.session import EVERYTHING, Database
from identity.bearers.store import SignInRecord, sign_in_record_of
from identity.errors import PersonNotFound, WrongPassword
from identity.passwords import store
from identity.throttle.guard import Claim, SignInGuard
from identity.throttle.tries import count_try, take_back_try


async def prove(
    database: Database,
    guard: SignInGuard,
    staff_id: UUID,
    password: str,
    address: str,
    now: datetime,
) -> tuple[store.Person, Claim]:
    """Who it is, once they have shown their password. Whoever has somebody's open session and not
    their password cannot find it out so, from however many addresses: wrong ones count as at
    sign-in.

    Raises `WrongPassword`, `AccountLocked` or `TooManySignIns`.
    """
    async with database.transaction(EVERYTHING) as session:
        person = await store.person(session, staff_id=staff_id)
    if person is None:
        raise PersonNotFound(str(staff_id))
    async with guard.turn(person.username, address) as claim:
        counted = None if claim.is_known else await _count(database, staff_id, now)
        fits = await guard.fits(claim, password, person.password_hash)
        if fits and counted:
            async with database.transaction(EVERYTHING) as session:
                await take_back_try(session, counted, now)
        await guard.note(claim, right=fits)
    if not fits:
        raise WrongPassword
    return person, claim


async def _count(database: Database, staff_id: UUID, now: datetime) -> SignInRecord:
    async with database.transaction(EVERYTHING) as session:
        record = await sign_in_record_of(session, staff_id, lock=True)
        if record is None:
            raise PersonNotFound(str(staff_id))
        await count_try(session, record, now)
    return record
