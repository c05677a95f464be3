"""``Idempotency-Key``: an action that is sent again is not done again."""

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, TypeVar

from fastapi import Depends, Header, Request

from api.deps import Caller, Now, Tx
from api.schemas import Answer, Body
from core.errors import IdReused
from data import replays
from data.session import Session
from identity.principal import Principal

T = TypeVar("T", bound=Answer)


@dataclass(frozen=True, slots=True)
class OnceOnly:
    """Carries an action out, unless the caller's key has come before."""

    session: Session
    caller: Principal
    route: str
    key: str | None
    now: datetime

    async def __call__(
        self, body: Body | None, answer: type[T], act: Callable[[], Awaitable[T]]
    ) -> T:
        """What `act` answers, or answered the first time. Raises `IdReused` for another body."""
        if self.key is None:
            return await act()
        digest = body.digest() if body else hashlib.sha256(b"").digest()
        kept = await replays.claim(
            self.session, self.caller.id, self.route, self.key, digest, self.now
        )
        if kept is None:
            done = await act()
            response = done.model_dump(mode="json")
            await replays.keep(self.session, self.caller.id, self.route, self.key, response)
            return done
        if kept.body_hash != digest:
            raise IdReused("Idempotency-Key", self.key)
        return answer.model_validate(kept.response)


async def _once(
    request: Request,
    caller: Caller,
    session: Tx,
    now: Now,
    key: Annotated[
        str | None,
        Header(
            alias="Idempotency-Key",
            min_length=1,
            max_length=100,
            description="made up by the caller; the same key again gets the first answer",
        ),
    ] = None,
) -> OnceOnly:
    return OnceOnly(session, caller, f"{request.method} {request.url.path}", key, now)


Once = Annotated[OnceOnly, Depends(_once)]
