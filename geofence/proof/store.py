"""SQL that checks decided visits, and whether all are decided."""

from datetime import date
from uuid import UUID

from data.session import Session, rows


async def verified_outside_fence(session: Session, day: date) -> list[UUID]:
    """Verified visits of a day farther from all their fences than radius and uncertainty allow."""
    found = await rows(
        session,
        """
        SELECT v.id FROM visit v LEFT JOIN fence f ON f.id = ANY(v.fence_ids)
        WHERE v.day = :day AND v.replaced_at IS NULL AND v.verdict = 'verified'
        GROUP BY v.id
        HAVING coalesce(min(coalesce(ST_Distance(v.location, f.polygon::geography),
                                     ST_Distance(v.location, f.center) - f.radius_m)
                            - v.uncertainty_m),
                        'Infinity') > 0
        """,
        day=day,
    )
    return [r.id for r in found]


async def agents_waiting(session: Session) -> int:
    """How many agents' visits wait to be recomputed."""
    found = await rows(session, "SELECT count(*) AS agents FROM agent_dirty")
    count: int = found[0].agents
    return count
