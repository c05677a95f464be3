"""What there is and what was done on a day, counted over the whole installation."""

from dataclasses import dataclass
from datetime import date, datetime

from data.session import EVERYTHING, Database, rows


@dataclass(frozen=True, slots=True)
class DayFigures:
    """Counts of one working day; `agents`, `cases` and `streets_km` are all there are."""

    pings: int
    visits_verified: int
    visits_planned: int
    receipts: int
    deposits: int
    promises: int
    agents: int
    cases: int
    streets_km: float


async def day_figures(database: Database, day: date, begin: datetime, end: datetime) -> DayFigures:
    """The figures of `day`, which runs from `begin` to before `end`."""
    async with database.transaction(EVERYTHING, read_only=True) as session:
        found = await rows(
            session,
            """
            SELECT
              (SELECT count(*) FROM ping WHERE captured_at >= :begin AND captured_at < :end)
                AS pings,
              (SELECT count(*) FROM visit WHERE day = :day AND replaced_at IS NULL
                AND verdict = 'verified') AS visits_verified,
              (SELECT count(*) FROM stop s JOIN round r ON r.id = s.round_id
                WHERE r.day = :day AND r.replaced_at IS NULL AND s.kind = 'visit')
                AS visits_planned,
              (SELECT count(*) FROM receipt WHERE taken_at >= :begin AND taken_at < :end)
                AS receipts,
              (SELECT count(*) FROM deposit WHERE deposited_at >= :begin AND deposited_at < :end)
                AS deposits,
              (SELECT count(*) FROM promise WHERE source = 'agent' AND made_at >= :begin
                AND made_at < :end) AS promises,
              (SELECT count(*) FROM agent_profile) AS agents,
              (SELECT count(*) FROM case_file) AS cases,
              (SELECT coalesce(sum(length_km), 0) FROM street_network WHERE is_active)
                AS streets_km
            """,
            day=day,
            begin=begin,
            end=end,
        )
    return DayFigures(*found[0])
