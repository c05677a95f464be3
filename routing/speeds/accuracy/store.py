"""SQL of legs: what rides took, beside what was foretold."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import numpy as np
from sqlalchemy import text

from core.geometry import Floats
from core.ids import new_id
from data.session import Session, rows
from routing.speeds.hour_group import Ints
from streets.store import NetworkInfo


@dataclass(frozen=True, slots=True, eq=False)
class KeptLegs:
    """Legs in scope, a row each; `learned_s` is NaN where nothing had been learned."""

    group: Ints
    class_name: tuple[str, ...]
    length_m: Floats
    actual_s: Floats
    default_s: Floats
    learned_s: Floats


async def kept_legs(
    session: Session, since: date, until: date, network: str | None = None,
    branch_id: UUID | None = None,
) -> KeptLegs:  # fmt: skip
    """The legs of these days, both included, of branches in scope."""
    found = await rows(
        session,
        """
        SELECT hour_group, class_name, length_m, actual_s, default_s,
               coalesce(learned_s, 'NaN') AS learned_s
        FROM travelled_leg WHERE day BETWEEN :since AND :until
          AND (CAST(:network AS text) IS NULL OR network_name = :network)
          AND (CAST(:branch AS uuid) IS NULL OR branch_id = :branch)
        ORDER BY id
        """,
        since=since,
        until=until,
        network=network,
        branch=branch_id,
    )
    columns = list(zip(*found, strict=True)) or [()] * 6
    group, names, *figures = columns
    return KeptLegs(np.array(group, np.int32), tuple(names), *(np.array(f, float) for f in figures))


async def add_legs(
    session: Session, info: NetworkInfo, profile: str, day: date, branch_ids: Sequence[UUID],
    group: Ints, class_names: Sequence[str], length_m: Floats, actual_s: Floats,
    default_s: Floats, learned_s: Floats,
) -> None:  # fmt: skip
    """Keep legs of a day; `learned_s` is NaN where nothing had been learned."""
    if not branch_ids:
        return
    await session.execute(
        text(
            "INSERT INTO travelled_leg (id, branch_id, hour_group, class_name, length_m, actual_s,"
            " default_s, learned_s, network_name, profile, day)"
            " SELECT u.id, u.b, u.g, u.c, u.m, u.a, u.d, nullif(u.l, 'NaN'), :name, :profile, :day"
            " FROM unnest(CAST(:ids AS uuid[]), CAST(:branch AS uuid[]), CAST(:g AS smallint[]),"
            " CAST(:road AS text[]), CAST(:m AS float8[]), CAST(:actual AS float8[]),"
            " CAST(:default AS float8[]), CAST(:learned AS float8[])) u (id, b, g, c, m, a, d, l)"
        ),
        {
            "name": info.name, "profile": profile, "day": day,
            "ids": [new_id() for _ in branch_ids],
            "branch": list(branch_ids), "g": group.tolist(), "road": list(class_names),
            "m": length_m.tolist(), "actual": actual_s.tolist(), "default": default_s.tolist(),
            "learned": learned_s.tolist(),
        },
    )  # fmt: skip
