"""Chains in a database that somebody with all rights has tampered with."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text

from data.session import EVERYTHING, Database
from geofence.evidence.audit import ChainAudit, audit_chains
from tests.geofence.evidence.scenes import Visited, a_visit, prepare

FREE = (
    "ALTER TABLE evidence DROP CONSTRAINT fk_evidence_previous, DROP CONSTRAINT ck_evidence_hash,"
    " DROP CONSTRAINT ck_evidence_content_hash, DROP CONSTRAINT ck_evidence_origin,"
    " DROP CONSTRAINT fk_evidence_visit_id, DROP CONSTRAINT fk_evidence_replaces_id"
)
"""What the owner of the tables can do first."""


@pytest.fixture
async def alone(own_database_url: str) -> AsyncIterator[Database]:
    database = Database(own_database_url)
    await prepare(database)
    yield database
    await database.close()


async def tamper(database: Database, *statements: str) -> None:
    async with database.engine.begin() as connection:
        await connection.exec_driver_sql("BEGIN; SET LOCAL ROLE NONE")
        for statement in (FREE, *statements):
            await connection.execute(text(statement))


async def audited(database: Database) -> list[ChainAudit]:
    async with database.transaction(EVERYTHING, read_only=True) as session:
        return await audit_chains(session)


async def test_untouched_chains_hold(alone: Database) -> None:
    agents = {(await a_visit(alone)).agent_id for _ in range(2)}
    found = await audited(alone)
    assert {chain.agent_id for chain in found} == agents
    assert [(chain.records, chain.fault) for chain in found] == [(4, None)] * 2


REHASH = (
    "UPDATE evidence SET content_hash = sha256('roundsman-evidence/1 content\\000'::bytea"
    " || content) WHERE seq = 2",
    "UPDATE evidence SET hash = sha256('roundsman-evidence/1 link\\000'::bytea || previous"
    " || content_hash) WHERE seq = 2",
)
FORGE = (
    "UPDATE evidence SET content = convert_to(replace(convert_from(content, 'UTF8'),"
    " '\"verified\"', '\"probable\"'), 'UTF8') WHERE seq = 2"
)


@pytest.mark.parametrize(
    ("statements", "said"),
    [
        (["DELETE FROM evidence WHERE seq = 2"], "record 2 is missing"),
        (["DELETE FROM evidence WHERE seq = 1"], "record 1 is missing"),
        ([FORGE], "record 2: its contents were changed"),
        ([FORGE, REHASH[0]], "record 2: its hash was changed"),
        ([FORGE, *REHASH, "UPDATE visit SET verdict = 'probable'"],
         "record 3 does not follow record 2"),
        (
            ["UPDATE evidence SET seq = -seq WHERE seq IN (2, 3)",
             "UPDATE evidence SET seq = 5 + seq WHERE seq < 0"],
            "record 2 does not follow record 1",
        ),
        (["UPDATE evidence SET kind = 'withdrawn' WHERE seq = 2"], "record 2: its columns"),
        (["UPDATE evidence SET sealed_at = sealed_at + interval '1 s' WHERE seq = 2"],
         "record 2: its columns"),
        (["UPDATE visit SET verdict = 'probable' WHERE version = 2"],
         "record 4: visit.verdict was 'verified' when sealed and is 'probable'"),
        (["DELETE FROM visit WHERE version = 1"], "record 2: the visit that it was sealed from"),
        (["UPDATE check_in SET distance_m = 2.5"], "record 1: check-in.distance_m was"),
        (["DELETE FROM check_out"], "record 3: the check-out that it was sealed from is gone"),
        (["DELETE FROM evidence WHERE seq = 4"], "is in no record"),
    ],
)  # fmt: skip
async def test_what_was_removed_changed_or_reordered_is_found(
    alone: Database, statements: list[str], said: str
) -> None:
    visited: Visited = await a_visit(alone)
    await tamper(alone, *statements)
    (chain,) = await audited(alone)
    assert chain.agent_id == visited.agent_id
    assert chain.fault is not None
    assert said in chain.fault
