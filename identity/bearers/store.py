"""SQL of sign-in and of bearer tokens."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import Error, OperationalError
from sqlalchemy import insert, update

from data.session import Session, rows, run
from data.tables.identity import AccessToken, Staff
from data.wire import Wire
from identity.errors import CallerUnknown, PersonNotFound
from identity.permission import GRANTS, Permission
from identity.principal import Principal, Role


@dataclass(frozen=True, slots=True)
class SignInRecord:
    """What sign-in needs to know of a staff account. `is_active` is False for who has left, and
    while they are suspended."""

    staff_id: UUID
    branch_id: UUID
    role: str
    password_hash: str
    is_active: bool
    failed_sign_ins: int
    locked_until: datetime | None
    provider_only: bool
    """Nothing but the identity provider signs them in."""


_RECORD = """
    SELECT id, branch_id, role, password_hash, is_active AND suspended_at IS NULL, failed_sign_ins,
           locked_until,
           EXISTS (SELECT FROM provider_account p WHERE p.staff_id = staff.id AND p.is_only)
    FROM staff
"""


async def sign_in_record(session: Session, username: str) -> SignInRecord | None:
    """The account with this user name, locked so that wrong passwords count one by one."""
    found = await rows(
        session,
        _RECORD + " WHERE username = lower(:username) FOR UPDATE",
        username=username,
    )
    return SignInRecord(*found[0]) if found else None


async def sign_in_record_of(
    session: Session, staff_id: UUID, *, lock: bool = False
) -> SignInRecord | None:
    """The account of a person; locked, wrong codes count one by one."""
    found = await rows(
        session,
        _RECORD + " WHERE id = :staff" + (" FOR UPDATE" if lock else ""),
        staff=staff_id,
    )
    return SignInRecord(*found[0]) if found else None


async def note_sign_in(
    session: Session, staff_id: UUID, failed: int, locked_until: datetime | None
) -> None:
    """Keep the count of wrong passwords, and how long they close the account."""
    await session.execute(
        update(Staff)
        .where(Staff.id == staff_id)
        .values(failed_sign_ins=failed, locked_until=locked_until)
    )


async def take_back_try(
    session: Session, record: SignInRecord, closed_until: datetime | None
) -> None:
    """Count a try less, which closed the account until then (None: it did not). What was tried
    meanwhile stays counted."""
    await run(
        session,
        "UPDATE staff SET failed_sign_ins = greatest(failed_sign_ins - 1, 0),"
        " locked_until = CASE WHEN locked_until IS NOT DISTINCT FROM CAST(:mine AS timestamptz)"
        " THEN CAST(:before AS timestamptz) ELSE locked_until END WHERE id = :staff",
        staff=record.staff_id,
        mine=closed_until,
        before=record.locked_until,
    )


async def renew_hash(session: Session, record: SignInRecord, password_hash: str) -> None:
    """Keep another hash of the same password, unless it was changed meanwhile."""
    await session.execute(
        update(Staff)
        .where(Staff.id == record.staff_id, Staff.password_hash == record.password_hash)
        .values(password_hash=password_hash)
    )


async def add_token(session: Session, **values: Any) -> None:
    """Store a token by its hash."""
    await session.execute(insert(AccessToken).values(**values))


async def revoke_token(session: Session, token_hash: bytes, now: datetime) -> None:
    """End a token; nothing happens when it has ended."""
    await session.execute(
        update(AccessToken)
        .where(AccessToken.token_hash == token_hash, AccessToken.revoked_at.is_(None))
        .values(revoked_at=now)
    )


@dataclass(frozen=True, slots=True)
class SessionLine:
    """A sign-in that still holds: from where, with what browser, and until when."""

    id: UUID
    issued_at: datetime
    expires_at: datetime
    address: str | None
    client: str | None
    is_this: bool


async def sessions_of(
    session: Session, staff_id: UUID, now: datetime, this: bytes | None = None
) -> Sequence[SessionLine]:
    """A person's sign-ins that hold now, the newest first; `this` is the asking one's token."""
    found = await rows(
        session,
        "SELECT id, issued_at, expires_at, address, client, token_hash = :this AS is_this"
        " FROM access_token WHERE staff_id = :staff AND revoked_at IS NULL AND expires_at > :now"
        " ORDER BY issued_at DESC, id",
        staff=staff_id,
        now=now,
        this=this or b"",
    )
    return [SessionLine(*r) for r in found]


async def set_language(session: Session, staff_id: UUID, language: str | None) -> None:
    """Keep the language that a person has chosen; None for no choice."""
    await rows(
        session,
        "UPDATE staff SET language = :language WHERE id = :staff RETURNING 1",
        language=language,
        staff=staff_id,
    )


async def check_person(session: Session, staff_id: UUID) -> None:
    """Raises `PersonNotFound` for somebody who is not in scope."""
    if not await rows(session, "SELECT 1 FROM staff WHERE id = :staff", staff=staff_id):
        raise PersonNotFound(str(staff_id))


async def branch_of_person(session: Session, staff_id: UUID) -> UUID:
    """The branch of a person in scope. Raises `PersonNotFound`."""
    found = await rows(session, "SELECT branch_id FROM staff WHERE id = :staff", staff=staff_id)
    if not found:
        raise PersonNotFound(str(staff_id))
    branch_id: UUID = found[0].branch_id
    return branch_id


async def end_sessions(
    session: Session,
    staff_id: UUID,
    now: datetime,
    *,
    only: UUID | None = None,
    but: bytes | None = None,
) -> int:
    """End a person's sign-ins, or `only` one of them, or all `but` one (a token's hash); how many
    there were."""
    ended = await rows(
        session,
        "UPDATE access_token SET revoked_at = :now WHERE staff_id = :staff AND revoked_at IS NULL"
        " AND expires_at > :now AND (CAST(:only AS uuid) IS NULL OR id = :only)"
        " AND (CAST(:but AS bytea) IS NULL OR token_hash <> :but) RETURNING 1",
        staff=staff_id,
        now=now,
        only=only,
        but=but,
    )
    return len(ended)


# Who bears a token or a key and what they may do (NULL: as usual for the role), with the branches.
_BEARERS = """
    WITH RECURSIVE bearer AS ({bearer}), below(top, id) AS (
        SELECT DISTINCT branch_id, branch_id FROM bearer
        UNION SELECT below.top, b.id FROM branch b JOIN below ON b.parent_id = below.id
    )
    SELECT bearer.*, ARRAY (SELECT id FROM below WHERE top = bearer.branch_id) AS branch_ids
    FROM bearer
"""


def _of_tokens(asked: str) -> str:
    return _BEARERS.format(
        bearer=f"""
    SELECT asked.n, coalesce(s.id, c.id) AS id, coalesce(s.role, 'customer') AS role,
           coalesce(s.full_name, c.full_name) AS name,
           coalesce(s.branch_id, c.branch_id) AS branch_id, t.device_id, r.permissions, s.language,
           t.proof_key, t.expires_at AS until,
           CASE WHEN s.role = 'agent' AND t.proof_key IS NULL
                THEN branch_policy(s.branch_id, 'agent_tokens_bound') = 'true'
                ELSE false END AS must_be_bound
    FROM {asked}
    JOIN access_token t ON t.token_hash = asked.secret
        AND t.revoked_at IS NULL AND t.expires_at > asked.at
    LEFT JOIN staff s ON s.id = t.staff_id AND s.is_active AND s.suspended_at IS NULL
    LEFT JOIN composed_role r ON r.name = s.composed_role
    LEFT JOIN customer c ON c.id = t.customer_id
    WHERE s.id IS NOT NULL OR c.id IS NOT NULL"""  # noqa: S608 our own constants
    )


def _of_keys(asked: str) -> str:
    return _BEARERS.format(
        bearer=f"""
    SELECT asked.n, s.id, s.role, k.name, s.branch_id, NULL::uuid AS device_id, k.permissions,
        NULL::text AS language, NULL::bytea AS proof_key,
        least(k.ended_at, k.expires_at) AS until, false AS must_be_bound
    FROM {asked}
    JOIN api_key k ON k.key_hash = asked.secret AND least(k.ended_at, k.expires_at) > asked.at
    JOIN staff s ON s.id = k.staff_id AND s.is_active"""  # noqa: S608 our own constants
    )


_NAMED = "(SELECT CAST(:secret AS bytea) AS secret, CAST(:at AS timestamptz) AS at, 1 AS n) asked"
# Most ask alone, and for one it costs half as much to ask without arrays.
_ONE = _NAMED.replace(":secret", "%(secret)s").replace(":at", "%(at)s")
_MANY = """unnest(CAST(%(secret)s AS bytea[]), CAST(%(at)s AS timestamptz[]))
        WITH ORDINALITY AS asked (secret, at, n)"""
OF_TOKENS, OF_KEYS = ((of(_ONE), of(_MANY)) for of in (_of_tokens, _of_keys))
"""Of one, and of many at once."""
_OF_TOKEN = _of_tokens(_NAMED)


@dataclass(frozen=True, slots=True)
class Bearer:
    """Who bears a token or a key, with the branches below their own, and until when they do."""

    principal: Principal
    until: datetime


async def principal(session: Session, token_hash: bytes, now: datetime) -> Principal | None:
    """Who bears a valid token."""
    found = await rows(session, _OF_TOKEN, secret=token_hash, at=now)
    return _bearer(*found[0][1:]).principal if found else None


async def bearers(
    wire: Wire, of: tuple[str, str], asked: Sequence[tuple[bytes, datetime]]
) -> Sequence[Bearer | None]:
    """Who bear these, by the hashes of tokens (`OF_TOKENS`) or of programs' keys (`OF_KEYS`), at
    these instants. Raises `CallerUnknown`."""
    statement, parameters = of[0], dict(zip(("secret", "at"), asked[0], strict=True))
    if len(asked) > 1:
        secrets, instants = zip(*asked, strict=True)
        statement, parameters = of[1], {"secret": list(secrets), "at": list(instants)}
    try:
        try:
            found = await wire.run(statement, parameters)
        except OperationalError:  # a connection that was lost is made anew
            found = await wire.run(statement, parameters)
    except Error as error:
        raise CallerUnknown from error
    known = {n: _bearer(*its) for n, *its in found}
    return [known.get(n) for n in range(1, len(asked) + 1)]


def _bearer(
    id_: UUID, its_role: str, name: str, branch_id: UUID, device_id: UUID | None,
    granted: Sequence[str] | None, language: str | None, proof_key: bytes | None,
    until: datetime, must_be_bound: bool | None, branch_ids: Sequence[UUID],
) -> Bearer:  # fmt: skip
    role = Role(its_role)
    permissions = GRANTS[role] if granted is None else frozenset(map(Permission, granted))
    branches = tuple(branch_ids)
    who = Principal(
        id_, role, name, branch_id, branches, permissions, device_id, language,
        bytes(proof_key) if proof_key else None, bool(must_be_bound),
    )  # fmt: skip
    return Bearer(who, until)
