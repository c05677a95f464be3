"""Day reports as CSV, a line for each agent, for spreadsheets."""

import csv
from collections.abc import Sequence
from datetime import datetime
from io import StringIO
from zoneinfo import ZoneInfo

from core.formula import harmless
from tracking.trails.day_report import DayReport, Hours

COLUMNS = (
    "day", "branch", "agent_id", "agent", "first_ping_at", "last_ping_at", "signed_on_at",
    "signed_off_at", "signed_on_s", "shift_from", "shift_to", "distance_m", "moving_s",
    "standing_s", "gap_s", "mean_speed_mps", "max_speed_mps", "stops", "visits_planned",
    "visits_done", "pings", "coarse", "outliers", "devices",
)  # fmt: skip


def report_csv(reports: Sequence[DayReport]) -> str:
    """The table with its header. Times are the branch's, with their offset from UTC.

    A text that a spreadsheet would run as a formula gets an apostrophe before it.
    """
    table = StringIO()
    writer = csv.writer(table, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for report in reports:
        writer.writerow(_line(report))
    return table.getvalue()


def _line(report: DayReport) -> tuple[str | int | float | None, ...]:
    facts, summary = report.facts, report.summary
    zone = ZoneInfo(facts.agent.zone)
    on, shift = facts.signed_on, facts.shift
    return (
        report.day.isoformat(),
        harmless(facts.agent.branch),
        str(facts.agent.id),
        harmless(facts.agent.name),
        _local(summary.first_ping_s, zone),
        _local(summary.last_ping_s, zone),
        _local(on.began_s if on else None, zone),
        _local(on.ended_s if on and not facts.is_signed_on else None, zone),
        _seconds(on),
        _local(shift.began_s if shift else None, zone),
        _local(shift.ended_s if shift else None, zone),
        round(summary.distance_m),
        round(summary.moving_s),
        round(summary.standing_s),
        round(summary.gap_s),
        _rounded(summary.mean_speed_mps),
        _rounded(summary.max_speed_mps),
        len(report.stops),
        facts.visits_planned,
        facts.visits_done,
        summary.pings,
        summary.coarse,
        summary.outliers,
        summary.devices,
    )


def _local(epoch_s: float | None, zone: ZoneInfo) -> str | None:
    if epoch_s is None:
        return None
    return datetime.fromtimestamp(epoch_s, zone).isoformat(timespec="seconds")


def _seconds(hours: Hours | None) -> int | None:
    return None if hours is None else round(hours.lasted_s)


def _rounded(mps: float | None) -> float | None:
    return None if mps is None else round(mps, 1)
