"""Print the welcome sheets of an enrollment: new codes and keys, shown this once."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from collection.enrollment import store
from collection.enrollment.errors import EnrollmentNotFound, NobodyToPrintFor, SheetsPrinted
from core.apart import set_apart
from data.session import Session
from identity.people.first_sign_in import hand_out
from identity.policies.store import effective_by_branch
from identity.principal import Principal
from map_ui.welcome.paper import Sheet, welcome_pdf
from tracking.phone_setup import Accuracy, Reporting

MANY = 20
"""Sheets whose type is set apart: it takes 40 ms of a processor each."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which enrollment's sheets, for what address of this installation, in whose zone. `again`
    when those that were printed before are to open nothing any more."""

    enrollment_id: UUID
    public_url: str
    zone: str
    again: bool


async def print_sheets(session: Session, asked: Asked, by: Principal, now: datetime) -> bytes:
    """The PDF, a sheet for each who has no password yet.

    Sees everything, since codes are in nobody's scope; the caller has seen to it that the
    enrollment is in theirs. Raises `EnrollmentNotFound`, `SheetsPrinted`, `NobodyToPrintFor` or
    `MaySeeMore`.
    """
    newcomers = await store.newcomers(session, asked.enrollment_id)
    line = await store.enrollment(session, asked.enrollment_id)
    if line is None:
        raise EnrollmentNotFound(str(asked.enrollment_id))
    if not newcomers:
        raise NobodyToPrintFor
    if line.printed_at and not asked.again:
        raise SheetsPrinted(f"{line.printed_at:%Y-%m-%d %H:%M} UTC")
    handed = await hand_out(session, newcomers, by, now)
    await store.note_printed(session, asked.enrollment_id, by.id, now)
    reporting = {
        each.branch_id: Reporting(
            each.policies.ping_interval_s,
            each.policies.ping_distance_m,
            Accuracy(each.policies.ping_accuracy),
        )
        for each in await effective_by_branch(session)
    }
    sheets = [Sheet(each, reporting[each.who.branch_id]) for each in handed]
    if len(sheets) < MANY:
        return await asyncio.to_thread(welcome_pdf, sheets, asked.public_url, asked.zone, now)
    return await set_apart(welcome_pdf, sheets, asked.public_url, asked.zone, now)
