"""The audit trail holds, and whoever tampers with it is found out."""

from dataclasses import replace

import pytest

from data.session import Session
from identity.audit.event import event_hash
from identity.audit.verify import Head
from tests.identity.audit.trails import a_sealed_trail, tamper, verified


async def test_an_untouched_trail_holds_and_leads_to_its_head(session: Session) -> None:
    branch, written = await a_sealed_trail(session)
    report = await verified(session, branch)
    assert report.faults == ()
    assert (report.seals, report.events, report.unsealed) == (3, len(written), 0)
    assert (await verified(session, branch, report.head)).faults == ()


# {1} is an event of the second seal, {2} its neighbor there, {0} one of the first seal.
TAMPERING = [
    ("DELETE FROM audit_event WHERE id = '{1}'", "seal 2 is of 4 events, and 3 are there"),
    ("UPDATE audit_event SET reason = 'x' WHERE id = '{1}'", "event {1} of seal 2 was changed"),
    ("UPDATE audit_event SET at = at + interval '1 us' WHERE id = '{1}'", "event {1} of seal 2"),
    ("UPDATE audit_event SET actor_id = NULL WHERE id = '{1}'", "event {1} of seal 2 was changed"),
    ("UPDATE audit_event SET subjects = '{{}}' WHERE id = '{1}'", "event {1} of seal 2"),
    (
        "WITH n AS (UPDATE audit_event SET reason = 'x' WHERE id = '{0}' RETURNING 1) UPDATE"
        " audit_event SET hash = sha256('x') WHERE id = '{1}'",
        "event {1} of seal 2 was changed",
    ),
    (
        "UPDATE audit_event e SET id = uuid_v7('2020-01-01') WHERE id = '{1}'",
        "of seal 2 was changed",
    ),
    # Two events of a batch under each other's ids.
    (
        "UPDATE audit_event e SET subjects = o.subjects FROM audit_event o WHERE"
        " e.id IN ('{1}', '{2}') AND o.id IN ('{1}', '{2}') AND o.id <> e.id",
        "event {1} of seal 2 was changed",
    ),
    ("UPDATE audit_event SET seal_no = 1 WHERE id = '{1}'", "seal 1 is of 4 events, and 5"),
    ("UPDATE audit_event SET seal_no = NULL, hash = NULL WHERE id = '{1}'", "seal 2 is of 4"),
    ("DELETE FROM audit_seal WHERE no = 2 AND branch_id = '{branch}'", "seal 2 is missing"),
    ("UPDATE audit_seal SET events = 3 WHERE no = 2 AND branch_id = '{branch}'", "seal 2 was"),
    (
        "UPDATE audit_seal SET sealed_at = sealed_at - interval '1 day'"
        " WHERE no = 2 AND branch_id = '{branch}'",
        "seal 2 was changed",
    ),
    (
        "UPDATE audit_seal SET hash = sha256('x') WHERE no = 2 AND branch_id = '{branch}'",
        "seal 3 does not follow seal 2",
    ),
    ("DELETE FROM audit_seal WHERE no = 3 AND branch_id = '{branch}'", "events of seal 3, which"),
]


@pytest.mark.parametrize(("statement", "fault"), TAMPERING, ids=range(len(TAMPERING)))
async def test_what_was_removed_changed_or_put_elsewhere_is_found(
    session: Session, statement: str, fault: str
) -> None:
    branch, written = await a_sealed_trail(session)
    ids = [written[0].id, written[4].id, written[5].id]
    await tamper(session, statement.format(*ids, branch=branch))
    report = await verified(session, branch)
    told = fault.format(*ids)
    assert any(told in found for found in report.faults), report.faults


async def test_an_event_that_was_changed_together_with_its_hash_is_found(session: Session) -> None:
    branch, written = await a_sealed_trail(session)
    changed = event_hash(replace(written[4], reason="another")).hex()
    await tamper(
        session,
        rf"UPDATE audit_event SET reason = 'another', hash = '\x{changed}'"  # noqa: S608
        rf" WHERE id = '{written[4].id}'",
    )
    (fault,) = (await verified(session, branch)).faults
    assert fault == "seal 2 was made of other events"


async def test_a_chain_cut_at_its_end_shows_beside_a_noted_head(session: Session) -> None:
    branch, _ = await a_sealed_trail(session)
    noted = (await verified(session, branch)).head
    await tamper(
        session,
        *(
            f"DELETE FROM {table} WHERE {no} = 3 AND branch_id = '{branch}'"  # noqa: S608
            for table, no in (("audit_event", "seal_no"), ("audit_seal", "no"))
        ),
    )
    assert (await verified(session, branch)).faults == ()
    (fault,) = (await verified(session, branch, noted)).faults
    assert "its end was cut" in fault


async def test_a_chain_that_was_made_anew_shows_beside_a_noted_head(session: Session) -> None:
    branch, _ = await a_sealed_trail(session)
    head = (await verified(session, branch)).head
    assert (await verified(session, branch, Head(3, head.hash))).faults == ()
    (fault,) = (await verified(session, branch, Head(2, head.hash))).faults
    assert "the chain was made anew" in fault
