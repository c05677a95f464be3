"""Demand files, quarantine and the audit trail: what came in and what became of it, and who did and
saw what."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from collection.portfolio.demand_columns import COLUMNS, REQUIRED
from collection.portfolio.taken_back.store import KEPT
from identity.audit.event import Kind
from identity.audit.verify import ChainReport
from map_ui.administration.page import Desk, admin_page
from tracking.quarantine.entry import Entry, Reading, legible


def imports(desk: Desk, found: Sequence[Any], today: str) -> str:
    """Demand files: the next one, and those that were taken in."""
    return admin_page(
        "imports.html", desk, "/admin/imports", imports=found, columns=COLUMNS,
        required=frozenset(REQUIRED), today=today, kept_days=KEPT.days,
        day_first=date(2026, 3, 5), month_first=date(2026, 5, 3),
    )  # fmt: skip


def quarantine(desk: Desk, entries: Sequence[Any], *, shown: str, next_url: str | None) -> str:
    """What phones sent and nobody could use; `shown` is ``open``, ``ended`` or empty for all."""
    return admin_page(
        "quarantine.html", desk, "/admin/quarantine", entries=entries, shown=shown,
        next_url=next_url,
    )  # fmt: skip


def quarantined(desk: Desk, entry: Entry, reading: Reading) -> str:
    """One entry with its bytes, what they were before somebody corrected them, and what today's
    decoder makes of it."""
    text, base64 = legible(entry.body)
    return admin_page(
        "quarantined.html", desk, "/admin/quarantine", line=entry.line, reading=reading, text=text,
        base64=base64, edits=entry.edits, original=legible(entry.original),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """What narrows the trail, as it stands in the page's own address."""

    who: str
    actor_id: str
    subject: str
    kind: str
    since: str
    until: str


def audit(
    desk: Desk,
    lines: Sequence[Any],
    asked: Asked,
    *,
    export_query: str,
    next_url: str | None,
    chains: Sequence[ChainReport] | None,
) -> str:
    """The trail, narrowed; `chains` once somebody has asked whether it is whole."""
    return admin_page(
        "audit.html", desk, "/admin/audit", lines=lines, asked=asked, kinds=tuple(Kind),
        export_query=export_query, next_url=next_url, chains=chains,
    )  # fmt: skip
