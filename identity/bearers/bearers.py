"""Who bears a token, or a program's key: asked for every request."""

from datetime import datetime
from functools import partial

from core.gathered import Gathered
from data.session import Database
from identity.bearers import store
from identity.errors import NotSignedIn
from identity.principal import Principal
from identity.secret import hash_secret

KEY_PREFIX = "rk_"
"""What the key of a program begins with."""

Asked = tuple[bytes, datetime]
"""The hash of a secret, and the instant of the request."""


class Bearers:
    """Asks the database each time, so what was revoked opens nothing from its commit on; but once
    for all who ask at the same time."""

    def __init__(self, database: Database) -> None:
        ask = partial(store.bearers, database.bearers)
        self._of_tokens = Gathered[Asked, Principal | None](partial(ask, store.OF_TOKENS))
        self._of_keys = Gathered[Asked, Principal | None](partial(ask, store.OF_KEYS))

    async def who(self, token: str, now: datetime) -> Principal:
        """Who bears this token or key. Raises `NotSignedIn` when it is unknown, expired or revoked,
        and `CallerUnknown` while the database is away."""
        gathered = self._of_keys if token.startswith(KEY_PREFIX) else self._of_tokens
        found = await gathered.ask((hash_secret(token), now))
        if found is None:
            raise NotSignedIn
        return found
