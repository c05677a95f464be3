"""Look through the files that wait."""

from datetime import datetime
from pathlib import Path
from uuid import UUID

from core.said import say
from core.scanner import NoVerdict, Scan, ScannerUnreachable
from data.alerts import clear_alert, raise_alert
from data.session import EVERYTHING, Database, Session
from geofence.attachments import files
from geofence.attachments.errors import FileLost
from geofence.attachments.scans import store
from geofence.attachments.scans.store import Waiting

AT_ONCE = 20
INFECTED = "file_infected"
UNREACHABLE = "scanner_unreachable"
NO_VERDICT = "file_no_verdict"


async def scan_files(database: Database, folder: Path, scan: Scan, now: datetime) -> int:
    """Look through all files that wait; how many were. One with malware stays closed for ever, and
    an alert tells the branch. While the scanner cannot be reached files go on waiting, and an alert
    says so in each branch where one does; one of which the scanner says nothing waits alone."""
    many = 0
    passed_over: list[UUID] = []
    while True:
        async with database.transaction(EVERYTHING) as session:
            waiting = await store.waiting(session, passed_over, AT_ONCE)
            for each in waiting:
                try:
                    await _scan(session, folder, scan, each, now)
                    many += 1
                except NoVerdict as error:
                    await _tell_no_verdict(session, each, error, now)
                    passed_over.append(each.id)
                except ScannerUnreachable as error:
                    await _tell_unreachable(session, error, now)
                    return many
        if len(waiting) < AT_ONCE:
            return many


async def _scan(
    session: Session, folder: Path, scan: Scan, each: Waiting, now: datetime
) -> None:  # fmt: skip
    try:
        found = await scan(await files.fetch(folder, each.stored, each.id))
    except FileLost:
        found = None  # nobody can open it anyway; the doctor tells of it
    await store.note_scanned(session, each.id, found, now)
    await clear_alert(session, each.branch_id, UNREACHABLE, each.branch_id, now)
    await clear_alert(session, each.branch_id, NO_VERDICT, each.id, now)
    if found is not None:
        await raise_alert(
            session, each.branch_id, INFECTED, each.id, say("A file has malware in it"),
            say("The scanner found {found}; nobody can open it", found=found), now,
            agent_id=each.agent_id, case_id=each.case_id, facts={"found": found},
        )  # fmt: skip


async def _tell_unreachable(session: Session, error: ScannerUnreachable, now: datetime) -> None:
    for branch_id in await store.branches_where_files_wait(session):
        await raise_alert(
            session, branch_id, UNREACHABLE, branch_id,
            say("The malware scanner cannot be reached"),
            say("Files wait, and nobody can open them ({reason})", reason=error.reason), now,
        )  # fmt: skip


async def _tell_no_verdict(
    session: Session, each: Waiting, error: NoVerdict, now: datetime
) -> None:
    await raise_alert(
        session, each.branch_id, NO_VERDICT, each.id,
        say("The malware scanner says nothing of a file"),
        say("Files wait, and nobody can open them ({reason})", reason=error.reason), now,
        agent_id=each.agent_id, case_id=each.case_id,
    )  # fmt: skip
