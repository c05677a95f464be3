"""Ask who is signed in for their password again, before what an open session may not do."""

from uuid import UUID

from data.session import EVERYTHING, Database
from identity.errors import PersonNotFound, WrongPassword
from identity.passwords import store
from identity.throttle.guard import Claim, SignInGuard


async def prove(
    database: Database, guard: SignInGuard, staff_id: UUID, password: str, address: str
) -> tuple[store.Person, Claim]:
    """Who it is, once they have shown their password. Whoever has somebody's open session and not
    their password cannot find it out so: wrong ones count as at sign-in.

    Raises `WrongPassword` or `TooManySignIns`.
    """
    async with database.transaction(EVERYTHING) as session:
        person = await store.person(session, staff_id=staff_id)
    if person is None:
        raise PersonNotFound(str(staff_id))
    async with guard.turn(person.username, address) as claim:
        fits = await guard.fits(claim, password, person.password_hash)
        await guard.note(claim, right=fits)
    if not fits:
        raise WrongPassword
    return person, claim
