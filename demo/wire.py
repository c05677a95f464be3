"""A phone's connection: it keeps on trying, and what the server says unexpectedly is counted."""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import httpx
import structlog

log = structlog.get_logger()

TRIES = 12
WAIT_S = 10.0
OK = frozenset({200, 201, 204})
TRY_AGAIN = frozenset({429, 502, 503, 504})


class Unreachable(Exception):
    """The server did not answer however often it was asked."""


@dataclass(slots=True)
class Tally:
    """What all phones together have seen."""

    requests: int = 0
    retries: int = 0
    errors: int = 0
    cash_limit_refusals: int = 0
    sent_twice: int = 0


class Wire:
    """One person's connection to the server, signed in by password, again when it must be."""

    def __init__(self, http: httpx.AsyncClient, tally: Tally, username: str, password: str) -> None:
        self.username = username
        self.tally = tally
        self._http = http
        self._password = password
        self._token = ""

    async def sign_in(self) -> None:
        """Get a token. Raises `Unreachable`."""
        body = {"username": self.username, "password": self._password}
        answer = await self._send("POST", "/v1/sign-in", {}, body)
        self.expect(answer, body)
        self._token = answer.json().get("token", "")

    async def call(
        self, method: str, path: str, body: Any = None, expected: Collection[int] = OK
    ) -> httpx.Response:
        """Send a request as the person; the same body again until there is an answer.

        An answer that is not `expected` is an error and logged. Raises `Unreachable`.
        """
        answer = await self._send(method, path, self._bearer(self._token), body)
        if answer.status_code == 401:
            await self.sign_in()
            answer = await self._send(method, path, self._bearer(self._token), body)
        self.expect(answer, body, expected)
        return answer

    async def call_with_key(self, path: str, key: str, body: Any) -> httpx.Response:
        """POST as the device. Raises `Unreachable`."""
        answer = await self._send("POST", path, self._bearer(key), body)
        self.expect(answer, body)
        return answer

    def expect(self, answer: httpx.Response, body: Any, expected: Collection[int] = OK) -> None:
        """Count and log an answer that is not as it should be."""
        if answer.status_code not in expected:
            self.wrong(answer, body)

    def wrong(self, answer: httpx.Response, body: Any) -> None:
        """Count an answer as an error, and log it with its request."""
        self.tally.errors += 1
        log.error(
            "answer.unexpected",
            who=self.username,
            method=answer.request.method,
            path=answer.request.url.path,
            status=answer.status_code,
            body=None if "sign-in" in answer.request.url.path else body,
            problem=answer.text[:1000],
        )

    @staticmethod
    def _bearer(token: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {token}"}

    async def _send(
        self, method: str, path: str, headers: dict[str, str], body: Any
    ) -> httpx.Response:
        for attempt in range(TRIES):
            self.tally.requests += 1
            try:
                answer = await self._http.request(method, path, headers=headers, json=body)
            except httpx.TransportError as error:
                log.warning("server.unreachable", who=self.username, error=repr(error))
                wait_s = min(WAIT_S, 0.2 * 2**attempt)
            else:
                if answer.status_code not in TRY_AGAIN:
                    return answer
                stated = answer.headers.get("Retry-After", "")
                wait_s = min(WAIT_S, float(stated)) if stated.isdecimal() else 1.0
            self.tally.retries += 1
            await asyncio.sleep(wait_s)
        raise Unreachable(f"{method} {path}")
