"""Sends messages by a provider's HTTP interface, whichever that is."""

from collections.abc import Mapping
from dataclasses import asdict

import httpx

from collection.messages.errors import NotSentYet, NotTaken
from collection.messages.sender import Outgoing
from collection.messages.template import body_of, check_template, is_json

TIMEOUT = httpx.Timeout(15.0, connect=5.0)
LATER = {408, 409, 425, 429}
LONGEST_ANSWER = 65_536
REFERENCES = ("id", "message_id", "messageId", "sid", "messageSid")
"""Where providers put their own name for a message."""


class HttpSender:
    """Posts each message to `url`, with `headers` and a body made of `template`.

    The header ``Idempotency-Key`` has the message's own id: a provider that knows it sends a
    message once, even if its answer was lost. Raises ValueError for a template that cannot work.
    """

    def __init__(self, url: str, headers: Mapping[str, str], template: str) -> None:
        check_template(template)
        kind = "application/json" if is_json(template) else "application/x-www-form-urlencoded"
        self._url, self._template = url, template
        # It follows no redirect: that could lead anywhere, with the provider's key.
        self._client = httpx.AsyncClient(
            timeout=TIMEOUT,
            follow_redirects=False,
            headers={"Content-Type": kind} | dict(headers),
        )

    async def send(self, message: Outgoing) -> str:
        """Hand a message over, as `Sender.send` says."""
        body = body_of(self._template, {k: str(v) for k, v in asdict(message).items()})
        try:
            answer = await self._client.post(
                self._url,
                content=body.encode(),
                headers={"Idempotency-Key": str(message.id)},
            )
        except httpx.HTTPError as failed:
            raise NotSentYet(None) from failed
        if answer.status_code in LATER or answer.status_code >= 500:
            raise NotSentYet(answer.status_code)
        if not answer.is_success:
            raise NotTaken(f"the provider answered {answer.status_code}")
        return _reference(answer) or f"http-{answer.status_code}"

    async def close(self) -> None:
        """Give back its connections."""
        await self._client.aclose()


def _reference(answer: httpx.Response) -> str | None:
    if len(answer.content) > LONGEST_ANSWER:
        return None
    try:
        told = answer.json()
    except ValueError:
        return None
    if not isinstance(told, dict):
        return None
    found = next((told[name] for name in REFERENCES if told.get(name)), None)
    return None if found is None else str(found)[:200]
