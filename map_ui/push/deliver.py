"""Bring one message to one browser's push service."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

import httpx
import structlog

from data.session import EVERYTHING, Database
from map_ui.push import store
from map_ui.push.answer import Meaning, meaning, retry_after_s
from map_ui.push.encryption import encrypt, one_time
from map_ui.push.endpoint import is_allowed, origin
from map_ui.push.errors import NotDelivered
from map_ui.push.notice import Notice
from map_ui.push.push_key import push_key
from map_ui.push.subscription import Browser
from map_ui.push.vapid import authorization

log = structlog.get_logger()

TIMEOUT = httpx.Timeout(10.0, connect=5.0)


def push_client() -> httpx.AsyncClient:
    """The client that a process posts with. It follows no redirect: that could lead anywhere."""
    return httpx.AsyncClient(timeout=TIMEOUT, follow_redirects=False)


async def deliver(
    database: Database,
    client: httpx.AsyncClient,
    alert_id: UUID,
    subscription_id: UUID,
    *,
    listed_hosts: Collection[str],
    contact: str,
    now: datetime,
    wall: datetime,
) -> Meaning | None:
    """Post the alert's title, unless there is nothing to tell any more (then None).

    `now` is the installation's time; `wall` the real one, which the push service knows. Raises
    `NotDelivered` when it should be tried again.
    """
    # 1. Read everything again: the alert may have been acknowledged since the job was made.
    async with database.transaction(EVERYTHING) as session:
        found = await store.message(session, alert_id, subscription_id)
        key = await push_key(session, now)
    if found is None:
        return None
    notice, browser = found
    # 2. Post it. No transaction is open while somebody else's computer is waited for.
    at, retry_after = origin(browser.endpoint), None
    if is_allowed(browser.endpoint, listed_hosts):
        token = authorization(key, at, contact, wall)
        status, retry_after = await _post(client, notice, browser, token)
        became = meaning(status)
    else:  # the operator has taken the host off the list since
        status, became = None, Meaning.REFUSED
    # 3. Note what became of it.
    async with database.transaction(EVERYTHING) as session:
        match became:
            case Meaning.TAKEN:
                await store.note_success(session, subscription_id)
            case Meaning.GONE:
                await store.forget(session, subscription_id)
            case Meaning.LATER | Meaning.REFUSED:
                await store.note_failure(session, subscription_id, now)
    # The address is a secret; its host is not.
    log.info("push.posted", alert_id=str(alert_id), host=at, status=status, became=became.value)
    if became is Meaning.LATER:
        raise NotDelivered(at, status, retry_after_s(retry_after, wall))
    return became


async def _post(
    client: httpx.AsyncClient, notice: Notice, browser: Browser, token: str
) -> tuple[int | None, str | None]:
    """The service's status and ``Retry-After``; None when it cannot be reached."""
    headers = {
        **notice.headers(),
        "Authorization": token,
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
    }
    body = encrypt(notice.content(), browser.p256dh, browser.auth, one_time())
    try:
        # Streamed, so that a long answer is not read.
        async with client.stream("POST", browser.endpoint, content=body, headers=headers) as answer:
            return answer.status_code, answer.headers.get("Retry-After")
    except httpx.HTTPError:
        return None, None
