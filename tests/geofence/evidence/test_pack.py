"""Packs: they prove what they hold, and no byte of them can be another."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from core.ids import new_id
from data.session import EVERYTHING, Database, Scope, rows
from geofence.evidence.errors import EvidenceNotFound
from geofence.evidence.export import export_heads, export_pack
from geofence.evidence.pack import finished
from geofence.evidence.pack_check import NotAPack, check_pack, read_heads
from tests.conftest import MONDAY_NINE
from tests.factories import branch_code
from tests.geofence.evidence.scenes import Visited, a_visit, arrive, packed, prepare, recompute
from tracking.retention.restore import restore
from tracking.retention.retain import retain


@pytest.fixture(scope="module")
async def visited(database: Database) -> Visited:
    await prepare(database)
    return await a_visit(database)


@pytest.fixture(scope="module")
async def pack(database: Database, visited: Visited) -> bytes:
    return await packed(database, visited.visit_id)


def survives(content: bytes) -> bool:
    """Whether a check finds nothing to say against a file."""
    try:
        return check_pack(content).fault is None
    except NotAPack:
        return False


def changed(pack: bytes, change: Callable[[Any], Any]) -> str | None:
    """What a check says of a pack whose value was changed, and its digest made to fit."""
    value = json.loads(pack)
    change(value)
    return check_pack(finished(value)).fault


async def test_a_pack_holds_and_says_in_words_what_it_proves(pack: bytes, visited: Visited) -> None:
    report = check_pack(pack)
    assert report.fault is None
    assert report.title == (
        "Diego Soto at María González, 2026-11-23 12:02 to 2026-11-23 12:11 UTC: verified"
        " (version 2, ended)"
    )
    assert report.missing_pings == 0
    assert "from record 1 to record 4, the head of 2026-11-23" in report.holds[0]
    assert (
        "4 records are as they were sealed: 2 of the visit, 2 of what the agent" in report.holds[1]
    )
    value = json.loads(pack)
    assert value["visit_id"] == str(visited.visit_id)
    assert [r["kind"] for r in value["records"]] == ["check-in", "visit", "check-out", "visit"]
    assert len(value["pings"]) == len(value["records"][3]["pings"]["sha256"])
    assert value["pings"][0]["accuracy_m"] == 8


@settings(max_examples=600)
@given(st.data())
def test_any_other_byte_anywhere_is_noticed(pack: bytes, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(pack) - 1))
    byte = data.draw(st.integers(0, 255))
    assume(pack[at] != byte)
    assert not survives(pack[:at] + bytes([byte]) + pack[at + 1 :])


@settings(max_examples=200)
@given(st.data())
def test_a_byte_less_or_more_is_noticed(pack: bytes, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(pack)))
    byte = data.draw(st.integers(0, 255))
    assert not survives(pack[:at] + bytes([byte]) + pack[at:])
    assert not survives(pack[:at] + pack[at + 1 :] if at < len(pack) else pack[:-1])


async def test_each_kind_of_byte_is_noticed_wherever_it_first_stands(pack: bytes) -> None:
    for byte in sorted(set(pack)):
        at = pack.index(byte)
        other = bytes([byte ^ 1])
        assert not survives(pack[:at] + other + pack[at + 1 :]), chr(byte)


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (("records", 3, "visit", "verdict"), "probable", "Record 4 (version 2 of the visit of"),
        (("records", 3, "visit", "reasons", 0, "facts", "dwell_s"), 1, "Record 4"),
        (("records", 3, "places", 0, "radius_m"), 500, "Record 4"),
        (("records", 0, "check_in", "distance_m"), 3, "Record 1 (check-in of 2026-11-23 12:02"),
        (("records", 2, "check_out", "outcome"), "refused", "Record 3 (check-out of"),
        (("pings", 7, "lat"), -29.0, "Ping 8, taken at 2026-11-23T12:01:10"),
        (("pings", 7, "is_mock"), True, "Ping 8"),
        (("chain", "contents", 1), "00" * 32, "does not lead to its head"),
        (("chain", "previous"), "00" * 32, "does not begin as this agent's does"),
        (("chain", "head", "hash"), "00" * 32, "does not lead to its head"),
        (("chain", "head", "seq"), 9, "not as many records"),
        (("chain", "agent_id"), "01a21a9b-ae91-772d-9370-2099b88c0067", "begin as this agent's"),
        (("extra",), 1, "members that no pack has"),
    ],
)  # fmt: skip
def test_a_changed_value_is_named_though_the_digest_was_made_to_fit(
    pack: bytes, path: tuple[Any, ...], value: Any, said: str
) -> None:
    def change(found: Any) -> None:
        for step in path[:-1]:
            found = found[step]
        found[path[-1]] = value

    fault = changed(pack, change)
    assert fault is not None
    assert said in fault


def test_what_was_left_out_or_moved_is_named(pack: bytes) -> None:
    left_out = changed(pack, lambda value: value["records"].pop(0))
    assert left_out == "Record 1, which was known to record 2, is left out."
    moved = changed(pack, lambda value: value["records"].reverse())
    assert moved == "Record 3 is out of place."
    twice = changed(pack, lambda value: value["pings"].append(value["pings"][0]))
    assert twice == "A ping is shown twice."


def test_a_name_that_was_changed_is_noticed_by_the_files_digest(pack: bytes) -> None:
    other = pack.replace("María González".encode(), b"Rosa Ejemplo")
    fault = check_pack(other).fault
    assert fault is not None
    assert "not sealed was changed" in fault


def test_a_file_that_was_only_laid_out_anew_is_told_so(pack: bytes) -> None:
    fault = check_pack(json.dumps(json.loads(pack)).encode()).fault
    assert fault == "The file is not in its form from byte 10 on; it was rewritten."


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"7", b"\xff", b'{"format":"roundsman-evidence-pack/2"}', b"[" * 100_000,
     b'{"format":"roundsman-evidence-pack/1"}'],
    ids=["empty", "half", "a list", "a number", "no text", "newer", "deep", "hollow"],
)  # fmt: skip
def test_what_is_no_pack_is_refused_in_words(content: bytes) -> None:
    with pytest.raises(NotAPack, match=r"JSON|format|put together"):
        check_pack(content)


@given(
    st.recursive(
        st.none() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_a_pack_with_anything_for_a_member_is_refused(pack: bytes, anything: Any) -> None:
    for member in ("records", "pings", "chain", "names", "digest"):
        value = {**json.loads(pack), member: anything}
        assert not survives(json.dumps(value).encode())


async def test_the_pack_still_holds_when_pings_have_left_the_database(
    own_database_url: str,
) -> None:
    database = Database(own_database_url)
    await prepare(database)
    visited = await a_visit(database)
    async with database.transaction(EVERYTHING) as session:
        await rows(session, "SELECT delete_pings('2026-11-23', :b)", b=visited.who["branch_id"])
    value = json.loads(await packed(database, visited.visit_id))
    report = check_pack(finished(value))
    await database.close()
    assert value["pings"] == []
    assert report.fault is None
    assert report.missing_pings == len(value["records"][3]["pings"]["sha256"]) > 90
    assert "kept for a time only" in report.holds[2]


async def test_pings_that_come_back_from_the_archive_fit_again(
    own_database_url: str, tmp_path: Path
) -> None:
    database = Database(own_database_url)
    await prepare(database)
    visited = await a_visit(database, attributes={"hdop": 0.70, "event": "alarmé", "big": 1e30})
    before = json.loads(await packed(database, visited.visit_id))
    later = MONDAY_NINE + timedelta(days=100)
    await retain(database, tmp_path, later)
    assert json.loads(await packed(database, visited.visit_id))["pings"] == []
    day = MONDAY_NINE.date()
    await restore(database, tmp_path, day, day, later + timedelta(days=7), later)
    pack = await packed(database, visited.visit_id)
    await database.close()
    report = check_pack(pack)
    assert (report.fault, report.missing_pings) == (None, 0)
    assert json.loads(pack)["pings"] == before["pings"]
    assert before["pings"][0]["attributes"] is not None


async def test_an_older_version_leads_to_the_newest_and_to_late_facts(database: Database) -> None:
    await prepare(database)
    visited = await a_visit(database)
    older = json.loads(await packed(database, visited.visit_id))["records"][1]["visit"]["id"]
    async with database.transaction(EVERYTHING) as session:
        await arrive(session, visited.who, visited.case, 300)
    await recompute(database, 24 * 60)
    pack = await packed(database, older, 25 * 60)
    value = json.loads(pack)
    assert check_pack(pack).fault is None
    assert value["visit_id"] == older
    assert [r["seq"] for r in value["records"]] == [1, 2, 3, 4, 5]
    assert value["chain"]["head"]["day"] == "2026-11-24"


async def test_a_list_of_heads_that_was_kept_proves_the_chain_older_than_it(
    database: Database, visited: Visited, pack: bytes
) -> None:
    async with database.transaction(EVERYTHING, read_only=True) as session:
        code = await branch_code(session, visited.who["branch_id"])
        tonight = MONDAY_NINE + timedelta(days=1)
        kept = await export_heads(session, code, MONDAY_NINE.date(), tonight)
    noted = read_heads(kept)
    report = check_pack(pack, noted)
    assert report.fault is None
    assert any(noted.digest in held for held in report.holds)
    value = json.loads(kept)
    assert (value["day"], value["day_is_over"]) == ("2026-11-23", True)
    value["heads"][0]["hash"] = "00" * 32
    fault = check_pack(pack, read_heads(finished(value))).fault
    assert fault == "Record 4 is not the head that was listed on 2026-11-23."
    with pytest.raises(NotAPack, match="not as it was listed"):
        read_heads(kept.replace(b"true", b"false"))
    value["heads"][0]["seq"] = 9
    with pytest.raises(NotAPack, match="export the pack again"):
        check_pack(pack, read_heads(finished(value)))
    value["heads"] = []
    with pytest.raises(NotAPack, match="names no chain"):
        check_pack(pack, read_heads(finished(value)))


async def test_what_another_branch_asks_for_is_not_there(
    database: Database, visited: Visited
) -> None:
    for scope, asked in ((Scope((new_id(),)), visited.visit_id), (EVERYTHING, new_id())):
        async with database.transaction(scope, read_only=True) as session:
            with pytest.raises(EvidenceNotFound):
                await export_pack(session, asked, MONDAY_NINE)
