"""Branches and cases in a database, for the gate."""

from datetime import UTC, datetime
from itertools import count
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from collection.gate.rulebook.store import Written
from core.geometry import LatLon
from identity.enroll import NewBranch, open_branch

_numbers = count(1)
PLACES = {"IN": ("Asia/Kolkata", "INR", LatLon(19.07, 72.88)),
          "ID": ("Asia/Jakarta", "IDR", LatLon(-6.2, 106.8)),
          "US": ("America/New_York", "USD", LatLon(40.7, -74.0))}  # fmt: skip
NOW = datetime(2026, 11, 24, 6, tzinfo=UTC)
"""A Tuesday, 11:30 in Kolkata, 13:00 in Jakarta, 01:00 in New York."""
WRITTEN = Written(NOW, None)


async def a_branch_in(
    session: AsyncSession, country: str, parent_code: str | None = None
) -> tuple[UUID, str]:
    """A branch in a country, with its code."""
    zone, currency, location = PLACES[country]
    code = f"G{next(_numbers)}"
    new = NewBranch(code, f"Branch {code}", zone, country, currency, location, parent_code)
    return await open_branch(session, new), code
