"""When cases may be visited on a day."""

from collections.abc import Collection, Mapping
from datetime import date
from uuid import UUID

from collection.gate import store
from collection.gate.facts import HOME_VISIT
from collection.gate.hours import ContactHours
from data.session import Session


async def open_hours(
    session: Session, day: date, case_ids: Collection[UUID]
) -> Mapping[UUID, ContactHours]:
    """When each of these cases may be visited at its address on `day`, a local day of its branch.

    What rules, preferences, holds, holidays and the branch's own hours all leave open; where that
    is nothing, why. Cases that are not in scope are left out. A few statements, however many cases.
    """
    if not case_ids:
        return {}
    return (await store.load_gate(session, case_ids, day)).hours(day, HOME_VISIT)
