"""Every id and code in every body and query, replaced by another branch's: answered exactly as one
that nobody has. No trace of what is there, no hint that anything is, nothing changed by it.

The fields come from the served document, who asks from the access table, and the rows from the
tables. A new field is tried without being mentioned here; one whose name is new fails until
`FIELDS` says what it names.
"""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from core.ids import new_id
from data.session import EVERYTHING, Database
from identity.principal import Role
from tests.api.access_table import ACCESS
from tests.api.conftest import bearer
from tests.api.foreign_rows import Elsewhere, a_foreign_branch, as_stored, settle_elsewhere
from tests.api.least_body import LeastBodies, Place
from tests.api.test_foreign_ids import BODIES, HEADERS, concrete
from tests.application import document
from tests.factories import a_branch, a_person, a_token

FIELDS = {
    "account_id": "account.id", "account_ref": "account.source_ref",
    "actor_id": "staff.id", "agent_id": "agent_profile.agent_id",
    "agent_ids": "agent_profile.agent_id", "bank_account_id": "bank_account.id",
    "branch": "branch.code", "branch_code": "branch.code", "branch_id": "branch.id",
    "branch_ids": "branch.id", "case_id": "case_file.id", "cases_to": "agent_profile.agent_id",
    "center_id": "center.id", "check_in_id": "check_in.id", "claim_ids": "deposit.id",
    "contact_id": "contact_point.id", "customer_id": "customer.id",
    "customers": "customer.source_ref", "deposit_id": "deposit.id",
    "device_id": "device.id", "first_agent_ids": "agent_profile.agent_id",
    "giver_id": "agent_profile.agent_id", "group_image_id": "attachment.id",
    "handed_by": "staff.id", "ids": "address_point_proposal.id", "lease_id": "offline_lease.id",
    "legal_case_id": "legal_case.id", "like_agent_id": "agent_profile.agent_id",
    "line_ids": "statement_line.id", "merged_id": "customer.id", "parent_code": "branch.code",
    "receipt_id": "receipt.id", "receipt_ids": "receipt.id", "replaces": "suspicion.id",
    "second_agent_ids": "agent_profile.agent_id", "subject_id": "case_file.id",
    "taker_id": "agent_profile.agent_id", "target_id": "export_target.id",
    "territory": "territory.code", "to_agent_id": "agent_profile.agent_id",
    "to_branch": "branch.code", "to_branch_ids": "branch.id", "upload_id": "upload.id",
    "with_agent_id": "agent_profile.agent_id",
}  # fmt: skip
"""What fields of bodies and queries name: a table and its column."""

ANSWERED_ONE_BY_ONE = {
    "POST /v1/deposits/acknowledge body:deposits[].id": "deposit.id",
}
"""Fields whose name says too little."""

MADE_BY_CALLER = {
    "POST /v1/agent/sync body:items[].id", "POST /v1/agent/sync body:items[].needs",
    "PUT /v1/agent/center-meetings/{id} body:members[].receipts[].id",
    "PUT /v1/agent/dispositions/{id} body:promise.id",
    "PUT /v1/dispositions/{id} body:promise.id",
    "PUT /v1/phone-vaults/{id}/salvage body:records[].id",
}  # fmt: skip
"""Ids of what is told here: nobody looks for them elsewhere."""

TOLD_OF = {"POST /v1/customers/{id}/moves body:to_branch"}
"""Who asks for a move must name a branch beyond their own, and hears whether there is one."""

TEXTS = {
    "amount_minor": 1000, "code": "NEW-1", "currency": "CLP", "ends_at": "2026-11-23T20:00:00Z",
    "denominations": [{"face_minor": 1000, "count": 1}], "expires_at": "2027-01-23T12:00:00Z",
    "country": "CL", "gender": "female", "minor": 1000, "mode": "cash", "occasion": "handover",
    "permissions": ["cash.see"], "username": "somebody-new",
    "figure": "collected", "provisional_number": "P-12345", "zone": "America/Santiago",
}  # fmt: skip
"""What other fields say, so that the request is one that is looked at."""

A_PICTURE = b"\x89PNG\r\n\x1a\n and what a picture has"


def _named(place: Place) -> str:
    return ANSWERED_ONE_BY_ONE.get(place.id) or FIELDS[place.name]


def _is_one(name: str, schema: Mapping[str, Any]) -> bool:
    return schema.get("format") == "uuid" or (
        name in FIELDS and schema.get("type") == "string" and "enum" not in schema
    )


OF_MANY = {
    "branch_ids",
    "claim_ids",
    "first_agent_ids",
    "line_ids",
    "receipt_ids",
    "second_agent_ids",
}
_OWN = "own:"
VALUES = TEXTS | {
    name: [_OWN + named] if name in OF_MANY else _OWN + named for name, named in FIELDS.items()
}
LEAST = LeastBodies(document())
PLACES = [
    pytest.param(place, id=place.id)
    for place in LEAST.places(_is_one, VALUES)
    if isinstance(ACCESS[place.route], frozenset) and place.id not in MADE_BY_CALLER
]
WHO = (
    Role.CASH_DESK, Role.TELE_CALLER, Role.SUPERVISOR, Role.ALLOCATION_MANAGER, Role.ADMIN,
    Role.AUDITOR,
)  # fmt: skip
"""Of the office the first whose work it is asks: what a branch sees, all its people see."""


@dataclass(frozen=True)
class Scene:
    """What the callers' branch has, a token of each role in it, and what another branch has."""

    own: Elsewhere
    tokens: Mapping[Role, str]
    there: Elsewhere


@pytest.fixture(scope="module")
async def there(database: Database) -> AsyncIterator[Elsewhere]:
    """Another branch. At the end, nothing that it has was changed by asking."""
    async with database.transaction(EVERYTHING) as session:
        there = await settle_elsewhere(session, await a_foreign_branch(session))
    async with database.transaction(EVERYTHING, read_only=True) as session:
        before = await as_stored(session, there)
    yield there
    async with database.transaction(EVERYTHING, read_only=True) as session:
        assert before == await as_stored(session, there)


@pytest.fixture
async def scene(database: Database, there: Elsewhere) -> Scene:
    """A branch of the test's own, since what is asked for may change it."""
    async with database.transaction(EVERYTHING) as session:
        branch = await a_branch(session)
        own = await settle_elsewhere(session, branch, f"Home{branch.hex[-8:]}")
        tokens = {
            role: await a_token(session, await a_person(session, branch, role)) for role in WHO
        }
        tokens[Role.AGENT] = await a_token(session, own.rows["staff"]["id"])
    return Scene(own, tokens, there)


def _of(told: Any, own: Elsewhere) -> Any:
    """What is told, with ids of the callers' own branch where it says so."""
    if isinstance(told, dict):
        return {key: _of(its, own) for key, its in told.items()}
    if isinstance(told, list):
        return [_of(one, own) for one in told]
    is_own = isinstance(told, str) and told.startswith(_OWN)
    return own.value(told.removeprefix(_OWN)) if is_own else told


def _paths(place: Place, own: Elsewhere) -> list[str]:
    """The route's path with ids of the callers' own, and where it is the caller that makes an id,
    with a new one."""
    method, path = place.route
    found = [concrete(path.replace("/packs/{name}/", "/packs/indonesia/"), own)]
    if method == "PUT" and path.endswith("{id}"):
        found.append(f"{found[0].rpartition('/')[0]}/{new_id()}")
    return found


async def _ask(
    client: httpx.AsyncClient, scene: Scene, place: Place, path: str, value: str, role: Role
) -> httpx.Response:
    method, _ = place.route
    told = _of(place.saying(value), scene.own)
    query = _of(LEAST.query(*place.route, VALUES), scene.own)
    body = _of(BODIES.get(place.route) or LEAST.body(*place.route, VALUES), scene.own)
    sent: dict[str, Any] = {"params": told} if place.where == "query" else {"params": query}
    if place.where == "body":
        sent["json"] = told
    elif body is not None:
        sent["json"] = body
    elif method == "PUT" and "upload_id" not in told:
        sent["content"] = A_PICTURE
    headers = bearer(scene.tokens[role]) | HEADERS.get(place.route, {})
    return await client.request(method, path, headers=headers, **sent)


@pytest.mark.parametrize("place", PLACES)
async def test_what_another_branch_has_is_told_of_like_what_nobody_has(
    client: httpx.AsyncClient, scene: Scene, place: Place
) -> None:
    named = _named(place)
    foreign = scene.there.value(named)
    allowed: Any = ACCESS[place.route]
    nobodys = str(new_id()) if len(foreign) == 36 else "NOWHERELAND"
    who = ([Role.AGENT] if Role.AGENT in allowed else []) + [r for r in WHO if r in allowed][:1]
    for role in who:
        for path in _paths(place, scene.own):
            unknown = await _ask(client, scene, place, path, nobodys, role)
            known = await _ask(client, scene, place, path, foreign, role)
            told = known.text.replace(foreign, nobodys)
            if place.id not in TOLD_OF:
                assert (known.status_code, told) == (unknown.status_code, unknown.text), role
            assert scene.there.trace.lower() not in told.lower(), role
            assert known.status_code < 500, role
