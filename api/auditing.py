"""What people do and see goes on the audit trail, whatever route they take.

A change is recorded in its own transaction: there is none without its event. What is read is
recorded before the first byte of the answer leaves, together with what others read at the time;
if it cannot be, the answer is a 503. Routes do nothing for it. What a page asks for again and is
the same as it was shown is not sent again (`api.shown`), and recorded once.
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from starlette.datastructures import Headers, QueryParams
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import problems, shown
from core.ids import new_id
from data.session import DatabaseError, Session
from identity.audit import store
from identity.audit.event import AuditEvent, Kind, plain_text
from identity.errors import AuditAway
from identity.principal import Principal

REASON_HEADER = "Access-Reason"
"""Where a caller says why."""

WITHOUT_PERSONAL_DATA = {
    "/", "/account", "/admin", "/admin/branches", "/admin/contact-rules",
    "/admin/contact-rules/{id}", "/admin/enrollment/example.csv", "/admin/holidays",
    "/admin/arrears-rules", "/admin/stages",
    "/admin/policies", "/admin/value-lists", "/sign-in", "/live", "/sw.js", "/ui", "/phone",
    "/docs", "/healthz", "/tiles/{z}/{x}/{y}.mvt", "/v1/me",
    "/v1/agent/uploads", "/v1/agent/uploads/{id}", "/v1/branches",
    "/v1/branches/{code}/policies", "/v1/branches/{code}/product-classes",
    "/v1/branches/{code}/product-certificates", "/v1/contact-holidays", "/v1/contact-rules",
    "/v1/contact-rules/packs", "/v1/contact-rules/packs/{name}",
    "/v1/contact-rules/{id}", "/v1/deposit-points", "/v1/push/key", "/v1/push/subscriptions",
    "/v1/travel-times/report",
}  # fmt: skip
"""Reads that are not recorded. Those of every other route are."""

SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
LONGEST_ID = 100


def event_of(scope: Scope, caller: Principal, kind: Kind, now: datetime) -> AuditEvent:
    """The event that tells of a request whose route is known."""
    headers = Headers(scope=scope)
    client = scope.get("client")
    return AuditEvent(
        id=new_id(),
        branch_id=caller.branch_id,
        at=now,
        kind=kind,
        actor_id=caller.id,
        actor_role=caller.role.value,
        address=client[0] if client else None,
        device_id=caller.device_id,
        client=plain_text(headers.get("User-Agent")),
        action=f"{scope['method']} {scope['route'].path}",
        subjects=_subjects(scope),
        reason=plain_text(scope["state"].get("reason") or headers.get(REASON_HEADER)),
    )


def _subjects(scope: Scope) -> Mapping[str, str]:
    """What the request names: all in its path, and of its query what is an id."""
    named = {k: v for k, v in QueryParams(scope["query_string"]).items() if _is_id(v)}
    named |= {k: str(v) for k, v in scope.get("path_params", {}).items()}
    return {k: v[:LONGEST_ID].replace("\0", "") for k, v in named.items() if k.isidentifier()}


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


class RecordChange:
    """Puts a request's change on the trail, in the transaction that makes it."""

    def __init__(self, scope: Scope, caller: Principal, now: datetime) -> None:
        self._scope = scope
        self._caller = caller
        self._now = now

    async def __call__(self, session: Session) -> None:
        """One insert; the answer is not recorded a second time."""
        await store.add(session, [self.event()])
        self.is_done()

    def event(self) -> AuditEvent:
        """What is put on the trail: for who does it together with those of other requests."""
        return event_of(self._scope, self._caller, Kind.CHANGE, self._now)

    def is_done(self) -> None:
        """Says that the event is on the trail."""
        self._scope["state"]["is_audited"] = True


class AuditedAnswers:
    """Holds each answer back until what its caller is shown, or was refused, is recorded."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        begun: Message | None = None
        withheld = False

        async def send_recorded(message: Message) -> None:
            nonlocal begun, withheld
            if message["type"] == "http.response.start" and "caller" in state:
                if _kind(scope, message["status"]) and shown.is_taggable(scope, message):
                    begun = message
                    return
                withheld = not await _is_recorded(scope, receive, send, message["status"])
            elif begun is not None:
                start, begun = begun, None
                if not message.get("more_body"):
                    start, message = await _unless_shown(scope, start, message)
                withheld = not await _is_recorded(scope, receive, send, start["status"])
                if not withheld:
                    await send(start)
            if not withheld:
                await send(message)

        await self.app(scope, receive, send_recorded)


async def _unless_shown(scope: Scope, start: Message, whole: Message) -> tuple[Message, Message]:
    """An answer with its tag; or that nothing has changed, to whoever has this one."""
    state = scope["app"].state
    now = state.clock.now()
    if state.shown_key is None:
        try:
            state.shown_key = await shown.shown_key(state.database, now)
        except DatabaseError:
            return start, whole  # whether it may leave is found out next
    caller = scope["state"]["caller"]
    tag = shown.tag_of(state.shown_key, scope, caller, now, whole.get("body", b""))
    if not shown.has_tag(scope, tag):
        return shown.tagged(start, tag), whole
    scope["state"]["is_audited"] = True  # when it was shown
    return shown.unchanged(start, tag), {**whole, "body": b""}


async def _is_recorded(scope: Scope, receive: Receive, send: Send, status: int) -> bool:
    """Whether an answer may leave: what it is to the trail is there. Else a 503 was sent."""
    state = scope["state"]
    kind = _kind(scope, status)
    is_needed = kind is not None and not state.get("is_audited")
    state["is_audited"] = True
    if is_needed:
        assert kind is not None
        app = scope["app"]
        event = event_of(scope, state["caller"], kind, app.state.clock.now())
        try:
            await app.state.audit.write(event)
        except AuditAway as error:
            await problems.of_domain_error(error)(scope, receive, send)
            return False
    return True


def _kind(scope: Scope, status: int) -> Kind | None:
    """What an answer is to the trail; None when it need not be recorded."""
    if "route" not in scope:
        return None
    if status in (403, 404):
        return Kind.REFUSED
    if status >= 400:
        return None
    if scope["method"] not in SAFE_METHODS:
        return Kind.CHANGE
    return None if scope["route"].path in WITHOUT_PERSONAL_DATA else Kind.READ
