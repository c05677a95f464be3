"""Telling closed browsers of alerts, by web push."""

from typing import Annotated
from uuid import UUID

from fastapi import Response
from pydantic import Field

from api.deps import Db, Now, Read, Recording, Supervisor, Tx
from api.routing import Router
from api.schemas import Answer, Body, Instant, Text
from core.settings import settings
from data.session import EVERYTHING
from map_ui.push.push_key import push_key
from map_ui.push.store import keep_subscription, subscriptions_of
from map_ui.push.subscription import browser
from map_ui.push.unsubscribe import unsubscribe
from map_ui.push.vapid import public_key

router = Router(prefix="/v1/push", tags=["supervisors: web push"])

Key = Annotated[str, Field(max_length=200, description="base64url")]


class KeyAnswer(Answer):
    """What a browser subscribes with: the installation's public key, in base64url."""

    public_key: str


class KeysBody(Body):
    """The browser's public key and its secret, both in base64url."""

    p256dh: Key
    auth: Key


class SubscriptionBody(Body):
    """A browser's own ``PushSubscription``, as its ``toJSON()`` gives it."""

    endpoint: Text
    keys: KeysBody
    expiration_time: float | None = Field(default=None, alias="expirationTime")


class SubscriptionAnswer(Answer):
    """A browser that is told; `failed_since` when its push service takes nothing."""

    id: UUID
    endpoint: str
    created_at: Instant
    failed_since: Instant | None


class SubscriptionsAnswer(Answer):
    """The caller's browsers, the newest first."""

    items: list[SubscriptionAnswer]


@router.get("/key")
async def get_key(caller: Supervisor, database: Db, now: Now) -> KeyAnswer:
    """The public key to subscribe with; it stays the same."""
    async with database.transaction(EVERYTHING) as session:
        return KeyAnswer(public_key=public_key(await push_key(session, now)))


@router.get("/subscriptions")
async def get_subscriptions(caller: Supervisor, session: Read) -> SubscriptionsAnswer:
    """The caller's own browsers that are told of alerts."""
    found = await subscriptions_of(session, caller.id)
    return SubscriptionsAnswer(items=[SubscriptionAnswer.model_validate(each) for each in found])


@router.post("/subscriptions")
async def post_subscription(
    body: SubscriptionBody, caller: Supervisor, database: Db, now: Now, record: Recording
) -> SubscriptionAnswer:
    """Have a browser told of alerts while its page is closed.

    The same browser again keeps its id; a browser that was a colleague's is the caller's from now
    on. The endpoint must be that of a known push service.
    """
    told = browser(body.endpoint, body.keys.p256dh, body.keys.auth, settings().push_hosts)
    async with database.transaction(EVERYTHING) as session:
        kept = await keep_subscription(session, caller.id, caller.branch_id, told, now)
        await record(session)
    return SubscriptionAnswer.model_validate(kept)


@router.delete("/subscriptions/{subscription_id}", status_code=204)
async def delete_subscription(subscription_id: UUID, caller: Supervisor, session: Tx) -> Response:
    """Tell one of the caller's browsers no more."""
    await unsubscribe(session, subscription_id, caller.id)
    return Response(status_code=204)
