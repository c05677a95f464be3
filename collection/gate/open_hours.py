"""When cases may be visited on a day."""

from collections.abc import Collection, Mapping
from datetime import date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from collection.gate import store
from collection.gate.hours import ContactHours
from data.session import Session


async def open_hours(
    session: Session, day: date, case_ids: Collection[UUID]
) -> Mapping[UUID, ContactHours]:
    """When each of these cases may be visited on `day`, the local day of its branch.

    Cases that are not in scope are left out. One statement, however many there are.
    """
    return {
        case.case_id: ContactHours(
            (
                (
                    _second(day, case.contact_from, case.zone),
                    _second(day, case.contact_to, case.zone),
                ),
            )
        )
        for case in await store.branch_hours(session, case_ids)
    }


def _second(day: date, at: time, zone: str) -> int:
    midnight = datetime.combine(day, time(), ZoneInfo(zone)).timestamp()
    return round(datetime.combine(day, at, ZoneInfo(zone)).timestamp() - midnight)
