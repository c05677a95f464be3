"""Who bears a token, or a program's key: asked for every request."""

import asyncio
from datetime import datetime
from functools import partial

from core.gathered import Gathered
from data.session import Database
from identity.bearers import store
from identity.bearers.store import Bearer
from identity.errors import NotSignedIn
from identity.principal import Principal, Role
from identity.secret import hash_secret

KEY_PREFIX = "rk_"
"""What the key of a program begins with."""

KEPT_S = 15.0
"""What was announced is forgotten at once. Where an announcement gets lost on its way, an ended
sign-in opens nothing after this."""

MOST_KEPT = 50_000

Asked = tuple[bytes, datetime]
"""The hash of a secret, and the instant of the request."""


class Bearers:
    """Asks the database once for all who ask at the same time, and keeps who of staff it was.

    Whatever ends a sign-in, or changes what somebody may do, is announced with its commit, and
    everything is forgotten then. So what was revoked opens nothing in this process once the commit
    that revoked it has returned, and in others when they have heard of it, moments later. While no
    announcement can be heard, nothing kept is used.
    """

    def __init__(self, database: Database) -> None:
        ask = partial(store.bearers, database.bearers)
        self._of_tokens = Gathered[Asked, Bearer | None](partial(ask, store.OF_TOKENS))
        self._of_keys = Gathered[Asked, Bearer | None](partial(ask, store.OF_KEYS))
        self._announced = database.grants
        self._is_told = False
        self._forgotten = 0
        self._kept: dict[bytes, tuple[Bearer, float]] = {}
        """By the hash of their token, until when by the loop's clock."""

    async def who(self, token: str, now: datetime) -> Principal:
        """Who bears this token or key. Raises `NotSignedIn` when it is unknown, expired or revoked,
        and `CallerUnknown` while the database is away."""
        secret = hash_secret(token)
        if token.startswith(KEY_PREFIX):
            bearer = await self._of_keys.ask((secret, now))
        else:
            bearer = self._known(secret) or await self._found(secret, now)
        if bearer is None or bearer.until <= now:
            raise NotSignedIn
        return bearer.principal

    def _known(self, secret: bytes) -> Bearer | None:
        kept = self._kept.get(secret)
        if kept is None or not self._announced.is_hearing:
            return None
        bearer, until_s = kept
        return bearer if asyncio.get_running_loop().time() < until_s else None

    async def _found(self, secret: bytes, now: datetime) -> Bearer | None:
        if not self._is_told:
            self._is_told = True
            self._announced.tell(self._forget)
        forgotten, now_s = self._forgotten, asyncio.get_running_loop().time()
        bearer = await self._of_tokens.ask((secret, now))
        # What was announced meanwhile is something that this answer may not know of yet.
        if bearer and bearer.principal.role is not Role.CUSTOMER and forgotten == self._forgotten:
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            self._kept[secret] = (bearer, now_s + KEPT_S)
        return bearer

    def _forget(self, _announced: str) -> None:
        self._forgotten += 1
        self._kept.clear()
