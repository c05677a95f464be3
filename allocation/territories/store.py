"""SQL of territories and their versions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text

from allocation.territories.territory import Days, Overlap, Territory
from core.ids import new_id
from data.session import Session, rows


@dataclass(frozen=True, slots=True)
class Worker:
    """An agent who works a territory."""

    id: UUID
    username: str
    name: str


@dataclass(frozen=True, slots=True)
class Standing:
    """A version of a territory. `days` is None for one that newer versions took all days from."""

    version_id: UUID
    told: Territory
    days: Days | None
    version: int
    origin: str
    area_ha: float
    agents: tuple[Worker, ...]
    set_at: datetime
    set_by: str | None


async def lock(session: Session, branch_id: UUID) -> None:
    """Have a branch's territories change one after the other, until the end."""
    await session.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended('territories' || :branch, 0))"),
        {"branch": str(branch_id)},
    )


WISHES = """
    wish AS MATERIALIZED (
        SELECT code, name, ST_GeomFromWKB(shape, 4326) AS shape, precedence,
               string_to_array(pincodes, '|') AS pincodes
        FROM unnest(CAST(:codes AS text[]), CAST(:names AS text[]), CAST(:shapes AS bytea[]),
                    CAST(:precedences AS int[]), CAST(:pincodes AS text[]))
            AS w (code, name, shape, precedence, pincodes)
    )
"""


def _told(wishes: Sequence[Territory]) -> dict[str, Any]:
    return {
        "codes": [w.code for w in wishes],
        "names": [w.name for w in wishes],
        "shapes": [w.shape for w in wishes],
        "precedences": [w.precedence for w in wishes],
        "pincodes": ["|".join(w.pincodes) for w in wishes],
    }


async def overlaps(
    session: Session, branch_id: UUID, wishes: Sequence[Territory], days: Days
) -> list[Overlap]:
    """What of `wishes` meets what, among themselves and with all that stand on some of the days.

    A pair of new ones comes both ways round.
    """
    found = await rows(
        session,
        f"""
        WITH {WISHES}, other AS MATERIALIZED (
            SELECT code, name, shape, precedence, pincodes, true AS is_new FROM wish
            UNION ALL
            SELECT t.code, v.name, v.shape, v.precedence, v.pincodes, false
            FROM territory_version v JOIN territory t ON t.id = v.territory_id
            WHERE v.branch_id = :branch AND v.during && daterange(:first, :last, '[]')
        ), met AS (
            SELECT w.code, o.code AS other, o.name AS other_name, o.is_new,
                   coalesce(ST_Area(ST_Intersection(w.shape, o.shape)::geography), 0) AS shared_m2,
                   least(ST_Area(w.shape::geography), ST_Area(o.shape::geography)) AS smaller_m2,
                   ARRAY(SELECT unnest(w.pincodes) INTERSECT SELECT unnest(o.pincodes)) AS both
            FROM wish w JOIN other o ON o.code <> w.code AND o.precedence = w.precedence
             AND (ST_Intersects(w.shape, o.shape) OR w.pincodes && o.pincodes)
        )
        SELECT *, coalesce(shared_m2 / nullif(smaller_m2, 0), 0) AS share FROM met
        ORDER BY code, share DESC, other
        """,  # noqa: S608 - nothing of a caller's is in it
        branch=branch_id,
        first=days.first,
        last=days.last,
        **_told(wishes),
    )
    return [
        Overlap(
            r.code, r.other, r.other_name, r.is_new, r.shared_m2 / 1e4, r.share,
            tuple(sorted(r.both)),
        )
        for r in found
    ]  # fmt: skip


async def put(
    session: Session,
    branch_id: UUID,
    wishes: Sequence[Territory],
    days: Days,
    origin: str,
    by: UUID | None,
    now: datetime,
) -> None:
    """Have territories be so on `days`.

    What they were to be from the first of these days on gives way; former versions are kept, with
    the days that are left to them.
    """
    codes = [w.code for w in wishes]
    await session.execute(
        text(
            "INSERT INTO territory (id, branch_id, code)"
            " SELECT uuid_v7(:now), :branch, code FROM unnest(CAST(:codes AS text[])) AS w (code)"
            " ON CONFLICT (branch_id, code) DO NOTHING"
        ),
        {"branch": branch_id, "codes": codes, "now": now},
    )
    await end(session, branch_id, codes, days.first)
    ids = [new_id() for _ in wishes]
    await session.execute(
        text(
            f"""
            WITH {WISHES}
            INSERT INTO territory_version (id, branch_id, territory_id, version, name, shape,
                pincodes, precedence, during, origin, set_at, set_by)
            SELECT i.id, :branch, t.id, coalesce((SELECT max(version) FROM territory_version v
                       WHERE v.territory_id = t.id), 0) + 1, w.name, w.shape, w.pincodes,
                   w.precedence, daterange(:first, :last, '[]'), :origin, :now, :by
            FROM wish w JOIN territory t ON t.branch_id = :branch AND t.code = w.code
            JOIN unnest(CAST(:ids AS uuid[]), CAST(:codes AS text[])) AS i (id, code)
                ON i.code = w.code
            """  # noqa: S608 - nothing of a caller's is in it
        ),
        {
            "branch": branch_id, "ids": [str(each) for each in ids], "first": days.first,
            "last": days.last, "origin": origin, "now": now, "by": by, **_told(wishes),
        },
    )  # fmt: skip
    pairs = [(made, a) for made, w in zip(ids, wishes, strict=True) for a in w.agent_ids]
    await session.execute(
        text(
            "INSERT INTO territory_agent (version_id, agent_id, branch_id)"
            " SELECT version_id, agent_id, :branch"
            " FROM unnest(CAST(:versions AS uuid[]), CAST(:agents AS uuid[]))"
            " AS w (version_id, agent_id)"
        ),
        {
            "branch": branch_id,
            "versions": [str(made) for made, _ in pairs],
            "agents": [str(agent) for _, agent in pairs],
        },
    )


async def end(session: Session, branch_id: UUID, codes: Sequence[str], day: date) -> int:
    """Have territories be no more from `day` on; how many versions that took days from."""
    done = await rows(
        session,
        """
        UPDATE territory_version v SET during = v.during * daterange(NULL, :day)
        FROM territory t WHERE t.id = v.territory_id AND t.branch_id = :branch
          AND t.code = ANY (CAST(:codes AS text[])) AND v.during && daterange(:day, NULL)
        RETURNING 1
        """,
        branch=branch_id,
        codes=list(codes),
        day=day,
    )
    return len(done)


STANDING = """
    SELECT v.id AS version_id, t.code, v.name, ST_AsBinary(v.shape) AS wkb, v.pincodes,
           v.precedence, v.version, v.origin, lower(v.during) AS first, upper(v.during) AS past,
           coalesce(v.area_m2, 0) / 10000 AS area_ha, v.set_at, p.full_name AS set_by,
           w.ids, w.usernames, w.names
    FROM territory_version v JOIN territory t ON t.id = v.territory_id
    LEFT JOIN staff p ON p.id = v.set_by
    LEFT JOIN LATERAL (
        SELECT array_agg(a.agent_id ORDER BY s.full_name, s.id) AS ids,
               array_agg(s.username ORDER BY s.full_name, s.id) AS usernames,
               array_agg(s.full_name ORDER BY s.full_name, s.id) AS names
        FROM territory_agent a JOIN staff s ON s.id = a.agent_id WHERE a.version_id = v.id
    ) w ON true
"""


async def standing(
    session: Session, branch_id: UUID, day: date, codes: Sequence[str] | None = None
) -> list[Standing]:
    """The territories of a branch on a day, by code; only `codes` where given."""
    found = await rows(
        session,
        f"{STANDING} WHERE v.branch_id = :branch AND v.during @> CAST(:day AS date)"
        " AND (CAST(:codes AS text[]) IS NULL OR t.code = ANY (CAST(:codes AS text[])))"
        " ORDER BY t.code",
        branch=branch_id,
        day=day,
        codes=None if codes is None else list(codes),
    )
    return [_standing(r) for r in found]


async def versions(session: Session, branch_id: UUID, code: str) -> list[Standing]:
    """All that a territory was and is to be, the newest version first."""
    found = await rows(
        session,
        f"{STANDING} WHERE v.branch_id = :branch AND t.code = :code ORDER BY v.version DESC",
        branch=branch_id,
        code=code,
    )
    return [_standing(r) for r in found]


def _standing(r: Any) -> Standing:
    told = Territory(
        r.code, r.name, None if r.wkb is None else bytes(r.wkb), tuple(r.pincodes), r.precedence,
        tuple(r.ids or ()),
    )  # fmt: skip
    last = None if r.past is None else r.past - timedelta(days=1)
    workers = zip(r.ids or (), r.usernames or (), r.names or (), strict=True)
    return Standing(
        r.version_id, told, None if r.first is None else Days(r.first, last), r.version, r.origin,
        r.area_ha, tuple(Worker(*each) for each in workers), r.set_at, r.set_by,
    )  # fmt: skip


async def agents_of(session: Session, branch_id: UUID) -> list[Worker]:
    """The agents of a branch who are employed, by name."""
    found = await rows(
        session,
        "SELECT s.id, s.username, s.full_name FROM agent_profile a"
        " JOIN staff s ON s.id = a.agent_id AND s.is_active WHERE a.branch_id = :branch"
        " ORDER BY s.full_name, s.id",
        branch=branch_id,
    )
    return [Worker(*r) for r in found]
