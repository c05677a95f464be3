"""Who may see and remove what: row-level security and privileges below all code."""

from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text

from data.session import EVERYTHING, Database, DatabaseError, Scope, rows
from tests.conftest import MONDAY_NINE
from tests.tracking.retention.scenes import DAY, KEEP_UNTIL, all_pings, some_pings
from tracking.retention.restore import restore
from tracking.retention.retain import retain

PARTITION = f"ping_{DAY:%Y%m%d}"


@pytest.mark.parametrize("table", ["policy", "archived_pings", "restored_pings"])
async def test_another_branch_sees_and_changes_nothing_of_ours(
    own: Database, branches: tuple[UUID, UUID], tmp_path: Path, table: str
) -> None:
    ours, other = branches
    await some_pings(own, ours, DAY, 3)
    await retain(own, tmp_path, MONDAY_NINE)
    await restore(own, tmp_path, DAY, DAY, KEEP_UNTIL, MONDAY_NINE)
    async with own.transaction(Scope((ours,))) as session:
        seen = len(await rows(session, f"SELECT branch_id FROM {table}"))  # noqa: S608
        assert seen > 0
    async with own.transaction(Scope((other,))) as session:
        assert await rows(session, f"SELECT branch_id FROM {table}") == []  # noqa: S608
        await session.execute(text(f"DELETE FROM {table}"))  # noqa: S608
    with pytest.raises(DatabaseError, match="row-level security"):
        async with own.transaction(Scope((other,))) as session:
            await session.execute(
                text(
                    {
                        "policy": "INSERT INTO policy VALUES (:b, 'push_after_s', '1', :at, NULL)",
                        "archived_pings": "INSERT INTO archived_pings"
                        " VALUES ('2026-01-05', :b, 'x', 'x', 1, :at, NULL)",
                        "restored_pings": "INSERT INTO restored_pings"
                        " VALUES ('2026-01-05', :b, :at, :at)",
                    }[table]
                ),
                {"b": ours, "at": MONDAY_NINE},
            )
    async with own.transaction(Scope((ours,))) as session:
        assert len(await rows(session, f"SELECT branch_id FROM {table}")) == seen  # noqa: S608


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM ping",
        "UPDATE ping SET lat = 0",
        "TRUNCATE ping",
        f"DELETE FROM {PARTITION}",  # noqa: S608
        f"SELECT * FROM {PARTITION}",  # noqa: S608
        f"DROP TABLE {PARTITION}",
        f"ALTER TABLE ping DETACH PARTITION {PARTITION}",
        "CREATE TABLE ping_20300101 PARTITION OF ping"
        " FOR VALUES FROM ('2030-01-01Z') TO ('2030-01-02Z')",
    ],
)
async def test_the_product_cannot_change_pings_or_partitions_by_itself(
    own: Database, branches: tuple[UUID, UUID], statement: str
) -> None:
    await some_pings(own, branches[0], DAY, 3)
    with pytest.raises(DatabaseError, match=r"permission denied|must be owner"):
        async with own.transaction(EVERYTHING) as session:
            await session.execute(text(statement))
    assert len(await all_pings(own, branches[0])) == 3


@pytest.mark.parametrize("call", ["drop_ping_partition(:day, 3)", "delete_pings(:day, :branch)"])
async def test_only_who_sees_every_branch_may_remove_pings(
    own: Database, branches: tuple[UUID, UUID], call: str
) -> None:
    ours, other = branches
    await some_pings(own, ours, DAY, 3)
    for scope in (Scope((ours,)), Scope((other,)), Scope(())):
        with pytest.raises(DatabaseError, match="only a transaction that sees all branches"):
            async with own.transaction(scope) as session:
                await rows(session, f"SELECT {call}", **_arguments(call, ours))
    assert len(await all_pings(own, ours)) == 3
    async with own.transaction(EVERYTHING) as session:
        await rows(session, f"SELECT {call}", **_arguments(call, ours))
    assert await all_pings(own, ours) == []


def _arguments(call: str, branch: UUID) -> dict[str, object]:
    return {"day": DAY} | ({"branch": branch} if ":branch" in call else {})


async def test_a_partition_with_other_pings_than_counted_is_not_dropped(
    own: Database, branches: tuple[UUID, UUID]
) -> None:
    await some_pings(own, branches[0], DAY, 3)
    async with own.transaction(EVERYTHING) as session:
        for counted in (0, 2, 4):
            found = await rows(session, "SELECT drop_ping_partition(:d, :n)", d=DAY, n=counted)
            assert found[0][0] is False
    assert len(await all_pings(own, branches[0])) == 3
