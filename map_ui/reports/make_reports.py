"""Make the reports that are due, each once."""

import asyncio
from datetime import datetime
from zoneinfo import ZoneInfo

from collection.figures.figure import FIGURES
from collection.figures.period import Question
from collection.figures.read_figures import read_figures
from core.clock import local_day
from data.queue import enqueue
from data.session import EVERYTHING, Database
from identity.permission import Permission
from map_ui.figures_file import figures_file
from map_ui.reports import store
from map_ui.reports.subscription import due


async def make_reports(database: Database, now: datetime) -> int:
    """Make all reports that are due by `now`; how many. Again, or twice at once, makes no more.

    A report waits until its last day has ended in all its branches. Nobody gets a report of what
    they may not see any more: of another branch, or without ``figures.see``.
    """
    async with database.transaction(EVERYTHING, read_only=True) as session:
        waiting = [
            one for one in await store.running(session) if Permission.FIGURES_SEE in one.permissions
        ]
    made = 0
    for one in waiting:
        wanted = one.subscription
        today = local_day(now, one.zone)
        for first, last in due(
            today, wanted.every, local_day(wanted.made_at, one.zone), one.last_made
        ):
            if one.ended is None or last > one.ended:
                break
            asked = Question(first, last, wanted.grouping, one.currency, wanted.branch)
            name = f"figures-{wanted.branch}-{first}-{last}.{wanted.format}"
            async with database.transaction(EVERYTHING) as session:
                report = await read_figures(session, asked, list(FIGURES.values()), now)
                there = now.astimezone(ZoneInfo(one.zone))
                content = await asyncio.to_thread(figures_file, report, wanted.format, there)
                is_new = await store.add_report(session, one, (first, last), name, content, now)
                if is_new and wanted.email:
                    await enqueue(
                        session, "reports.mail", lane="messages",
                        subscription_id=str(wanted.id), last_day=last.isoformat(),
                    )  # fmt: skip
                made += is_new
    return made
