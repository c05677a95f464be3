"""Whether a process has the keys of a database's columns, and how those are sealed anew."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Column, Table, Uuid
from sqlalchemy.dialects.postgresql import insert

from core.errors import Unavailable
from core.settings import settings
from data.columns import Base
from data.sealed import Sealed, cipher
from data.session import EVERYTHING, Database, Session, rows
from data.tables.platform import ColumnKey

AT_ONCE = 5_000

Told = Callable[[str, int], None]
"""Hears which column is being sealed anew, and how many values have been so far."""


@dataclass(eq=False)
class WrongKeys(Unavailable):
    """The key file is not the one that this database's columns are sealed with."""

    key_file: str
    missing: str

    @property
    def detail(self) -> str:
        return (
            f"{self.key_file} lacks {self.missing}; put back the file that goes with the database,"
            " from its backup"
        )


@dataclass(frozen=True, slots=True)
class ColumnStatus:
    """How many values of a column are sealed with which key."""

    column: str
    values_by_key: dict[int, int]


async def check_keys(database: Database) -> None:
    """Note the keys of this process's ring. Raises `WrongKeys` where the database knows others:
    nothing may be sealed that nobody else can open."""
    checks = cipher().ring.checks()
    async with database.transaction(EVERYTHING) as session:
        known = {r.name: r.hash for r in await rows(session, "SELECT name, hash FROM column_key")}
        wrong = [name for name in known if checks.get(name) != bytes(known[name])]
        if wrong:
            raise WrongKeys(str(settings().key_file), f"the key {', '.join(sorted(wrong))}")
        if new := [{"name": n, "hash": h} for n, h in checks.items() if n not in known]:
            await session.execute(insert(ColumnKey).on_conflict_do_nothing(), new)


def sealed_columns() -> list[Column[str]]:
    """All columns that are sealed, by their tables' names; every such table has one key column."""
    return [
        column
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, Sealed)
    ]


async def column_status(session: Session) -> list[ColumnStatus]:
    """How many values each sealed column has, by key."""
    found = []
    for column in sealed_columns():
        counted = await rows(
            session,
            f"SELECT {_key_of(column)} AS key, count(*) AS values FROM {column.table.name}"  # noqa: S608
            f" WHERE {column.name} IS NOT NULL GROUP BY 1 ORDER BY 1",
        )
        found.append(ColumnStatus(_name(column), {r.key: r.values for r in counted}))
    return found


async def keys_in_use(session: Session) -> set[int]:
    """The keys that values are sealed with."""
    return {key for status in await column_status(session) for key in status.values_by_key}


async def seal_all_anew(database: Database, told: Told) -> int:
    """Seal every value with the newest key: how many were. Broken off, it goes on the next time.

    A few thousand at a time, each in a transaction of its own; values that change meanwhile are
    sealed with the newest key anyway.
    """
    total = 0
    for column in sealed_columns():
        while moved := await _some_anew(database, column):
            total += moved
            told(_name(column), total)
    return total


async def _some_anew(database: Database, column: Column[str]) -> int:
    its = cipher()
    table, name = column.table.name, column.name
    (id_,) = column.table.primary_key
    kind = "uuid" if isinstance(id_.type, Uuid) else "text"
    async with database.transaction(EVERYTHING) as session:
        found = await rows(
            session,
            f"SELECT {id_.name} AS id, {name} AS value FROM {table}"  # noqa: S608
            f" WHERE {_key_of(column)} <> :newest ORDER BY id LIMIT :limit FOR NO KEY UPDATE",
            newest=its.ring.newest,
            limit=AT_ONCE,
        )
        await rows(
            session,
            f"UPDATE {table} t SET {name} = n.value"  # noqa: S608
            f" FROM unnest(CAST(:ids AS {kind}[]), CAST(:values AS bytea[])) AS n (id, value)"
            f" WHERE t.{id_.name} = n.id RETURNING 1",
            ids=[r.id for r in found],
            values=its.seal_anew(r.value for r in found),
        )
    return len(found)


async def forget_old_keys(session: Session) -> None:
    """Have the database expect the newest key alone."""
    await rows(
        session,
        "DELETE FROM column_key WHERE name NOT IN ('index', :newest) RETURNING 1",
        newest=str(cipher().ring.newest),
    )


def _key_of(column: Column[str]) -> str:
    return f"(get_byte({column.name}, 0) * 256 + get_byte({column.name}, 1))"


def _name(column: Column[str]) -> str:
    assert isinstance(column.table, Table)
    return f"{column.table.name}.{column.name}"
