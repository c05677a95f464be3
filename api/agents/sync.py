"""What a phone wrote down without a network, sent in one request and answered item by item."""

import json
from collections.abc import Sequence
from contextlib import suppress
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from fastapi import Request
from pydantic import Field
from starlette.types import Message

from api.deps import SYNCED, Agent, Db, Now
from api.routing import Router
from api.schemas import Answer, Body, Instant
from geofence.store import taken_down

router = Router(prefix="/v1/agent", tags=["agent: sync"])

MOST_ITEMS = 50
LATER = {408, 425, 429}


class FactKind(StrEnum):
    """What can be sent this way: every fact with a JSON body."""

    ADDRESS_PIN = "address_pin"
    CENTER_MEETING = "center_meeting"
    CHECK_IN = "check_in"
    CHECK_OUT = "check_out"
    DEPOSIT = "deposit"
    DISPOSITION = "disposition"
    PANIC = "panic"
    PROMISE = "promise"
    RECEIPT = "receipt"
    ROOT_CAUSE = "root_cause"

    @property
    def path(self) -> str:
        """Where facts of this kind are sent one by one: ``/v1/agent/check-ins``."""
        return f"/v1/agent/{self.replace('_', '-')}s"


class Outcome(StrEnum):
    """What became of an item.

    `applied`: stored now. `duplicate`: was stored before, with this body. `rejected`: refused, and
    sending it again changes nothing. `later`: not decided, send it again.
    """

    APPLIED = "applied"
    DUPLICATE = "duplicate"
    REJECTED = "rejected"
    LATER = "later"


class SyncItem(Body):
    """A fact as its own route takes it. `needs` is the id of an item before it, without which it
    makes no sense: where that was not stored, this one is not tried."""

    id: UUID
    kind: FactKind
    body: dict[str, Any]
    needs: UUID | None = None


class SyncBody(Body):
    """Facts in the order in which they were made."""

    items: Annotated[list[SyncItem], Field(min_length=1, max_length=MOST_ITEMS)]


class SyncItemAnswer(Answer):
    """What became of an item. `status` and `answer` are those of the item's own route: the fact as
    stored, or the problem that says why not; null where it was not tried."""

    id: UUID
    outcome: Outcome
    status: int | None = None
    answer: dict[str, Any] | None = None


class SyncAnswer(Answer):
    """One answer for each item, in the same order; `as_of` puts the phone's clock right."""

    as_of: Instant
    items: list[SyncItemAnswer]


@router.post("/sync")
async def post_sync(
    body: SyncBody, agent: Agent, database: Db, now: Now, request: Request
) -> SyncAnswer:
    """Send up to 50 facts in order. Each is stored, or refused, by itself, by the rules of its own
    route and in a transaction of its own; after one that must come `later` none is tried, so that
    the order stays. The whole request may be sent again: nothing is stored twice."""
    async with database.transaction(agent.scope, read_only=True) as session:
        known = await taken_down(session, [item.id for item in body.items])
    # Each item puts itself on the audit trail.
    request.state.is_audited = True
    return SyncAnswer(as_of=now, items=await _in_order(request, body.items, known))


async def _in_order(
    request: Request, items: Sequence[SyncItem], known: set[UUID]
) -> list[SyncItemAnswer]:
    answers: dict[UUID, SyncItemAnswer] = {}
    told = []
    is_stopped = False
    for item in items:
        needed = answers.get(item.needs) if item.needs else None
        if is_stopped or (needed and needed.outcome in (Outcome.REJECTED, Outcome.LATER)):
            told.append(SyncItemAnswer(id=item.id, outcome=Outcome.LATER))
            answers.setdefault(item.id, told[-1])
            continue
        status, answer = await _by_its_route(request, item)
        outcome = _outcome(status, was_known=item.id in known)
        if outcome is Outcome.APPLIED:
            known.add(item.id)
        told.append(SyncItemAnswer(id=item.id, outcome=outcome, status=status, answer=answer))
        answers[item.id] = told[-1]
        is_stopped = outcome is Outcome.LATER
    return told


def _outcome(status: int, *, was_known: bool) -> Outcome:
    if status < 300:
        return Outcome.DUPLICATE if was_known else Outcome.APPLIED
    if status in LATER or status >= 500:
        return Outcome.LATER
    return Outcome.REJECTED


async def _by_its_route(request: Request, item: SyncItem) -> tuple[int, dict[str, Any]]:
    """Status and answer of the item's own route, asked inside this process by the same sender."""
    path = f"{item.kind.path}/{item.id}"
    kept = {b"authorization", b"cookie", b"host", b"sec-fetch-site", b"user-agent"}
    headers = [(name, its) for name, its in request.scope["headers"] if name in kept]
    scope = {
        "type": "http", "asgi": request.scope["asgi"], "http_version": "1.1", "method": "PUT",
        "scheme": request.scope["scheme"], "path": path, "raw_path": path.encode(),
        "query_string": b"", "root_path": "", "client": request.scope.get("client"),
        "server": request.scope.get("server"), SYNCED: True,
        "headers": [*headers, (b"content-type", b"application/json")],
    }  # fmt: skip
    status, content = 500, bytearray()

    async def receive() -> Message:
        return {"type": "http.request", "body": json.dumps(item.body).encode()}

    async def send(message: Message) -> None:
        nonlocal status
        if message["type"] == "http.response.start":
            status = message["status"]
        elif message["type"] == "http.response.body":
            content.extend(message.get("body", b""))

    # What the framework raises behind a 500 was logged and answered as one; the items before this
    # one are stored, and the phone must hear of them.
    with suppress(Exception):
        await request.app(scope, receive, send)
    return status, json.loads(bytes(content) or b"{}")
