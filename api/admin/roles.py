"""Roles: what each grants, those that are composed, and who gets which."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Response
from pydantic import Field

from api.deps import Admin, Now, Read, Tx
from api.routing import Router
from api.schemas import Answer, Body, Instant, Text
from identity.permission import GRANTS, Permission
from identity.principal import Role
from identity.roles import store
from identity.roles.change_role import NewRole, decide, propose
from identity.roles.compose import compose

router = Router(prefix="/v1", tags=["admin: people"])

RoleName = Annotated[str, Path(pattern=r"^[a-z][a-z0-9_-]{1,49}$")]


class RoleAnswer(Answer):
    """A role and what it grants."""

    name: str
    permissions: list[Permission]


class RolesAnswer(Answer):
    """The roles there are: as usual, and composed of permissions."""

    usual: list[RoleAnswer]
    composed: list[RoleAnswer]


class ComposedBody(Body):
    """What a role is to grant."""

    permissions: Annotated[set[Permission], Field(max_length=50)]


class RoleChangeBody(Body):
    """What a person is to be, and why. With a `composed_role`, that says what they may do."""

    role: Role
    composed_role: Annotated[str, Field(max_length=50, pattern=r"^[^\x00]*$")] | None = None
    reason: Text


class RoleChangeAnswer(Answer):
    """The id of a proposed change."""

    id: UUID


class RoleChangeLine(Answer):
    """A change that waits for another administrator."""

    id: UUID
    staff_id: UUID
    person: str
    branch: str
    role_now: Role
    composed_role_now: str | None
    role: Role
    composed_role: str | None
    reason: str
    proposed_by: UUID
    proposed_by_name: str
    proposed_at: Instant


class RoleChangesAnswer(Answer):
    """The changes that wait, the oldest first."""

    items: list[RoleChangeLine]


@router.get("/roles")
async def get_roles(caller: Admin, session: Read) -> RolesAnswer:
    """All roles, and what each grants."""
    usual = [RoleAnswer(name=role, permissions=sorted(GRANTS[role])) for role in GRANTS]
    composed = [RoleAnswer.model_validate(each) for each in await store.all_composed(session)]
    return RolesAnswer(usual=usual, composed=composed)


@router.put("/roles/{name}")
async def put_role(
    name: RoleName, body: ComposedBody, caller: Admin, session: Tx, now: Now
) -> RoleAnswer:
    """Compose a role. It stays as it is, and nobody has it until two administrators say so."""
    await compose(session, name, body.permissions, caller.id, now)
    return RoleAnswer(name=name, permissions=sorted(body.permissions))


@router.post("/staff/{id}/role-changes", status_code=201)
async def post_role_change(
    id: UUID,  # noqa: A002
    body: RoleChangeBody,
    caller: Admin,
    session: Tx,
    now: Now,
) -> RoleChangeAnswer:
    """Propose what a person is to be from now on; overtakes what was proposed of them before."""
    new = NewRole(body.role, body.composed_role, body.reason)
    return RoleChangeAnswer(id=await propose(session, id, new, caller.id, now))


@router.get("/role-changes")
async def get_role_changes(caller: Admin, session: Read) -> RoleChangesAnswer:
    """What waits for another administrator."""
    found = await store.open_changes(session)
    return RoleChangesAnswer(items=[RoleChangeLine.model_validate(each) for each in found])


@router.post("/role-changes/{id}/accept", status_code=204)
async def post_accept(
    id: UUID,  # noqa: A002
    caller: Admin,
    session: Tx,
    now: Now,
) -> Response:
    """Accept what another administrator has proposed: it holds at once, for their next request."""
    await decide(session, id, caller.id, now, accept=True)
    return Response(status_code=204)


@router.post("/role-changes/{id}/reject", status_code=204)
async def post_reject(
    id: UUID,  # noqa: A002
    caller: Admin,
    session: Tx,
    now: Now,
) -> Response:
    """Reject it, or take back what one has proposed oneself."""
    await decide(session, id, caller.id, now, accept=False)
    return Response(status_code=204)
