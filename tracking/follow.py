"""Follow an agent: the way they took on a day."""

from datetime import date
from uuid import UUID

import numpy as np

from core.clock import day_range
from data.session import Session
from tracking import store
from tracking.trail import Trail, trail


async def follow(session: Session, agent_id: UUID, day: date, zone: str) -> Trail:
    """The trail of an agent in scope on a working day of their zone."""
    points = await store.trail_points(session, agent_id, *day_range(day, zone))
    if not points:
        return Trail((), 0.0, None, None)
    t_s, lat, lon, accuracy_m = np.array([tuple(p) for p in points], np.float64).T
    return trail(t_s, lat, lon, accuracy_m)
