"""Typed dependencies: transaction, time, and who may call."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request
from fastapi.openapi.models import HTTPBearer
from fastapi.security.base import SecurityBase
from fastapi.security.utils import get_authorization_scheme_param

from api import numbers
from api.auditing import RecordChange
from api.reader import reader_is
from core.clock import Clock
from core.settings import settings
from data.limits import Limits
from data.session import EVERYTHING, Database, Scope, Session
from identity.api_keys.store import note_use
from identity.bearers.bearers import Bearers
from identity.bearers.proof import REMEMBERED_S, Asked, proven
from identity.errors import (
    BindingNeeded,
    CallerUnknown,
    NotSignedIn,
    ProofOutOfTime,
    ProofRefused,
    RoleNotAllowed,
    UnknownDevice,
)
from identity.permission import Area, Permission
from identity.principal import Principal, Role
from identity.secret import hash_secret
from identity.store import DeviceView, device_by_key

SESSION_COOKIE = "roundsman_session"
SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
PROOF_HEADER = "DPoP"
WITHOUT_PROOF = {"/tiles/{z}/{x}/{y}.mvt"}
"""What a map asks for by itself, with the cookie: streets, which tell of nobody."""


# What a route needs of its request it may also ask for by itself, as those do that are asked most:
# each dependency costs a request some twenty microseconds.
def database_of(request: Request) -> Database:
    """The process's database."""
    database: Database = request.app.state.database
    return database


def now_of(request: Request) -> datetime:
    """The instant of a request, by the installation's clock."""
    clock: Clock = request.app.state.clock
    return clock.now()


def is_synced(request: Request) -> bool:
    """Whether a request is of what a phone wrote down while it was offline."""
    return bool(request.scope.get(SYNCED))


# Asynchronous although they await nothing: the framework would run others in a thread each time.
# They take from the request what it has: each dependency of a dependency is looked at anew for
# every route when the process starts, and again for every request.
async def _database(request: Request) -> Database:
    return database_of(request)


async def _clock(request: Request) -> Clock:
    clock: Clock = request.app.state.clock
    return clock


async def _now(request: Request) -> datetime:
    return now_of(request)


Db = Annotated[Database, Depends(_database)]
"""The process's database."""
TheClock = Annotated[Clock, Depends(_clock)]
"""The process's clock."""


Now = Annotated[datetime, Depends(_now)]
"""The instant of the request, by the installation's clock."""


def address_of(request: Request) -> str:
    """Where a request comes from: the address of its sender, or what a trusted proxy says."""
    return request.client.host if request.client else ""


def token_of(request: Request) -> str:
    """The bearer token of a request: from the header, else from the pages' own cookie.

    A cookie is sent by the browser whoever asked for it, so with one a changing request must say
    that it comes from our own pages: by Fetch metadata (``Sec-Fetch-Site``), or where a browser
    tells none, as over plain HTTP, by its ``Origin``. The cookie is ``SameSite=Strict`` besides,
    but another port of the same host is the same site. Raises `NotSignedIn`.
    """
    scheme, token = get_authorization_scheme_param(request.headers.get("Authorization"))
    if scheme.lower() == "bearer" and token:
        return token
    cookie = request.cookies.get(SESSION_COOKIE)
    if cookie and (request.method in SAFE_METHODS or _same_origin(request)):
        return cookie
    raise NotSignedIn


def _same_origin(request: Request) -> bool:
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site is not None or origin is None:
        return site in (None, "same-origin")
    ours = request.headers.get("Host"), urlsplit(settings().public_url or "").netloc
    return bool(came_from := origin.partition("://")[2]) and came_from in ours


async def caller_of(request: Request) -> Principal:
    """Who is asking, found out once for a request. Raises `NotSignedIn`."""
    known: Principal | None = request.scope["state"].get("caller")
    return known or await _authenticated(request)


async def _authenticated(request: Request) -> Principal:
    database, now = database_of(request), now_of(request)
    bearers: Bearers = request.app.state.bearers
    caller = await bearers.who(token_of(request), now)
    await _check_proof(request, caller, now)
    if caller.role is Role.INTEGRATION:
        async with database.transaction(EVERYTHING) as session:
            await note_use(session, hash_secret(token_of(request)), address_of(request), now)
    await request.app.state.request_limits.count_actor(str(caller.id))
    request.state.caller = caller
    reader_is(caller)
    numbers.show(is_whole=Permission.NUMBERS_SEE in caller.permissions)
    return caller


async def may_still(request: Request, caller: Principal) -> bool:
    """Whether who began a long answer could begin the same one now."""
    bearers: Bearers = request.app.state.bearers
    try:
        now = await bearers.who(token_of(request), now_of(request))
    except (NotSignedIn, CallerUnknown):
        return False
    return _what_is_seen(now) == _what_is_seen(caller)


def _what_is_seen(caller: Principal) -> tuple[object, ...]:
    return caller.role, caller.permissions, frozenset(caller.branch_ids), caller.must_be_bound


def asked(request: Request, now: datetime) -> Asked:
    """What a proof that comes with a request must have been made for."""
    return Asked(request.method, request.scope["path"], now)


async def _check_proof(request: Request, caller: Principal, now: datetime) -> None:
    """Raises `ProofRefused`, `ProofOutOfTime` or `BindingNeeded`."""
    if caller.must_be_bound:
        raise BindingNeeded
    # What a phone sent together was proven by the request that it came in.
    if caller.proof_key is None or request.scope.get(SYNCED):
        return
    if request.scope["route"].path in WITHOUT_PROOF:
        return
    proof = request.headers.get(PROOF_HEADER)
    if not proof:
        raise ProofRefused("a proof by the key that it signed in with (RFC 9449)")
    shown = proven(proof, asked(request, now), token_of(request))
    if shown.key != caller.proof_key:
        raise ProofRefused("a proof by the key that it signed in with, not by another")
    limits: Limits = request.app.state.limits
    if not await limits.first("proof", shown.key.hex(), shown.id, for_s=REMEMBERED_S):
        raise ProofOutOfTime(now)


class Known(SecurityBase):
    """A dependency that lets whoever is signed in pass, and a document's word that one must be.

    It needs nothing but the request: what depends on other dependencies costs each of them again.
    """

    model = HTTPBearer(description="The token of POST /v1/sign-in")
    scheme_name = "HTTPBearer"

    async def __call__(self, request: Request) -> Principal:
        """Who is asking. Raises `NotSignedIn`."""
        return await caller_of(request)


class May(Known):
    """Lets nobody pass but who may see one of these areas, or for a request that changes something,
    act in it; to see is enough for what is `own`. Every route has exactly one."""

    def __init__(self, *areas: Area, own: bool = False) -> None:
        self._needed = {deed: tuple(f"{area}.{deed}" for area in areas) for deed in ("see", "act")}
        self._own = own

    async def __call__(self, request: Request) -> Principal:
        """Who is asking. Raises `NotSignedIn` or `RoleNotAllowed`."""
        caller = await caller_of(request)
        needed = self._needed["see" if self._own or request.method in SAFE_METHODS else "act"]
        if caller.permissions.isdisjoint(needed):
            raise RoleNotAllowed(caller.role, needed)
        return caller


class OfStaff(Known):
    """Lets everybody pass but customers."""

    async def __call__(self, request: Request) -> Principal:
        """Who is asking. Raises `NotSignedIn` or `RoleNotAllowed`."""
        caller = await caller_of(request)
        if caller.role is Role.CUSTOMER:
            raise RoleNotAllowed(caller.role, ("a role of staff",))
        return caller


Caller = Annotated[Principal, Depends(Known())]


async def _synced(request: Request) -> bool:
    return is_synced(request)


SYNCED = "roundsman.synced"
"""What the scope of a request says that a phone wrote down while it was offline."""

Synced = Annotated[bool, Depends(_synced)]
"""Whether a fact came in that way: it is true by now, whatever the rules say."""

Agent = Annotated[Principal, Depends(May(Area.FIELD))]
Supervisor = Annotated[Principal, Depends(May(Area.SUPERVISION))]
AllocationManager = Annotated[Principal, Depends(May(Area.ALLOCATION))]
CashDesk = Annotated[Principal, Depends(May(Area.CASH))]
Desk = Annotated[Principal, Depends(May(Area.DESK))]
Evidence = Annotated[Principal, Depends(May(Area.SUPERVISION, Area.DESK))]
Admin = Annotated[Principal, Depends(May(Area.ADMINISTRATION))]
Auditor = Annotated[Principal, Depends(May(Area.AUDIT))]
Leader = Annotated[Principal, Depends(May(Area.FIGURES))]
ReportReader = Annotated[Principal, Depends(May(Area.FIGURES, own=True))]
Office = Annotated[
    Principal,
    Depends(May(Area.SUPERVISION, Area.ALLOCATION, Area.CASH, Area.ADMINISTRATION)),
]
Writer = Annotated[
    Principal,
    Depends(May(Area.SUPERVISION, Area.ALLOCATION, Area.CASH, Area.DESK, Area.ADMINISTRATION)),
]
"""Who writes to customers, or reads what was written."""
Caring = Annotated[Principal, Depends(May(Area.FIELD, Area.SUPERVISION, Area.DESK))]
"""Who speaks with customers."""
ReceiptReader = Annotated[
    Principal,
    Depends(
        May(
            Area.FIELD, Area.SUPERVISION, Area.ALLOCATION, Area.CASH, Area.DESK, Area.ADMINISTRATION
        )
    ),
]
AnyStaff = Annotated[Principal, Depends(OfStaff())]


async def _recording(request: Request) -> RecordChange:
    return RecordChange(request.scope, await caller_of(request), now_of(request))


Recording = Annotated[RecordChange, Depends(_recording)]
"""Puts a change on the audit trail, for a route that makes its own transactions; `Tx` does it."""


async def _transaction(request: Request) -> AsyncIterator[Session]:
    record, caller = await _recording(request), await caller_of(request)
    async with database_of(request).transaction(caller.scope) as session:
        yield session
        await record(session)


async def _reading(request: Request) -> AsyncIterator[Session]:
    caller = await caller_of(request)
    async with database_of(request).transaction(caller.scope, read_only=True) as session:
        yield session


# scope="function": finished before the answer leaves. FastAPI's default finishes it after, and a
# refused commit would still tell the phone 200.
Tx = Annotated[Session, Depends(_transaction, scope="function")]
"""The caller's transaction: commits before the answer leaves, and puts the change on the trail."""
Read = Annotated[Session, Depends(_reading, scope="function")]
"""The same, read only."""


class Enrolled(SecurityBase):
    """A dependency that lets an enrolled phone pass that calls with its own key."""

    model = HTTPBearer(description="The key of POST /v1/devices")
    scheme_name = "DeviceKey"

    async def __call__(self, request: Request) -> DeviceView:
        """The phone that is asking. Raises `UnknownDevice`."""
        scheme, key = get_authorization_scheme_param(request.headers.get("Authorization"))
        if scheme.lower() != "bearer" or not key:
            raise UnknownDevice
        async with database_of(request).transaction(EVERYTHING, read_only=True) as session:
            device = await device_by_key(session, hash_secret(key))
        if device is None:
            raise UnknownDevice
        return device


TheDevice = Annotated[DeviceView, Depends(Enrolled())]
"""An enrolled phone that calls with its own key."""


async def _device_transaction(request: Request, device: TheDevice) -> AsyncIterator[Session]:
    async with database_of(request).transaction(Scope(branch_ids=(device.branch_id,))) as session:
        yield session


DeviceTx = Annotated[Session, Depends(_device_transaction, scope="function")]
"""The phone's transaction: it sees its branch, and commits before the answer leaves."""
