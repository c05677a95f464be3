"""Sign in with a passkey, without a user name, a password or a code."""

from datetime import datetime
from typing import Any

from data.limits import Limits
from data.session import EVERYTHING, Database
from identity.bearers.store import sign_in_record_of
from identity.errors import ChallengeGone, ProviderOnly, UnknownPasskey
from identity.passkeys import store
from identity.passkeys.passkey import (
    Site,
    ask_for_known,
    challenge_in,
    check_known,
    credential_id_in,
)
from identity.sign_in import SignedIn, Whence, open_session

CHALLENGE_LIFE_S = 300
KNOWN = "passkey:known"


async def remember(limits: Limits, purpose: str, challenge: bytes, whose: str = "") -> None:
    """Keep a challenge in mind, for one answer within five minutes."""
    await limits.remember(purpose, challenge.hex(), whose, for_s=CHALLENGE_LIFE_S)


async def check_challenge(limits: Limits, purpose: str, challenge: bytes, whose: str = "") -> None:
    """Use a challenge up. Raises `ChallengeGone`: never asked, too late, or answered before."""
    if not await limits.forget(purpose, challenge.hex(), whose):
        raise ChallengeGone


async def begin(limits: Limits, site: Site) -> dict[str, Any]:
    """What a browser is to be asked, whoever sits at it."""
    asked = ask_for_known(site)
    await remember(limits, KNOWN, asked.challenge)
    return asked.options


async def sign_in_with_key(
    database: Database,
    limits: Limits,
    site: Site,
    credential: dict[str, Any],
    whence: Whence,
    now: datetime,
) -> SignedIn:
    """A token for whoever shows a key. Wrong passwords that others tried do not matter: a key
    cannot be guessed.

    Raises `InvalidField`, `ChallengeGone` or `UnknownPasskey`.
    """
    challenge = challenge_in(credential)
    await check_challenge(limits, KNOWN, challenge)
    async with database.transaction(EVERYTHING) as session:
        key = await store.key_of(session, credential_id_in(credential))
        if key is None:
            raise UnknownPasskey
        await store.note_use(session, key.id, check_known(site, challenge, key, credential), now)
        record = await sign_in_record_of(session, key.staff_id)
        if record is None or not record.is_active:
            raise UnknownPasskey
        if record.provider_only:
            raise ProviderOnly
        return await open_session(session, record, whence, "sign-in with a passkey", now)
