"""The audit trail as files: a line of CSV or of JSON for each event."""

import csv
import io
import json

from core.formula import harmless
from identity.audit.event import instant
from identity.audit.store import AuditLine

COLUMNS = (
    "id", "branch", "at", "kind", "actor_id", "actor_role", "actor", "address", "device_id",
    "client", "action", "subjects", "reason", "seal_no",
)  # fmt: skip


def fields(line: AuditLine) -> dict[str, object]:
    """An event by the names of `COLUMNS`."""
    e = line.event
    values = (
        str(e.id), line.branch, instant(e.at), e.kind.value, e.actor_id and str(e.actor_id),
        e.actor_role, line.actor, e.address, e.device_id and str(e.device_id), e.client, e.action,
        dict(e.subjects), e.reason, line.seal_no,
    )  # fmt: skip
    return dict(zip(COLUMNS, values, strict=True))


def json_line(line: AuditLine) -> str:
    """An event as one line of JSON."""
    return json.dumps(fields(line), ensure_ascii=False) + "\n"


def csv_header() -> str:
    """The names of the columns."""
    return _csv(list(COLUMNS))


def csv_line(line: AuditLine) -> str:
    """An event as one line of CSV, in which no cell is a formula."""
    told = fields(line) | {"subjects": json.dumps(dict(line.event.subjects), ensure_ascii=False)}
    return _csv(["" if value is None else harmless(str(value)) for value in told.values()])


def _csv(cells: list[str]) -> str:
    written = io.StringIO()
    csv.writer(written).writerow(cells)
    return written.getvalue()
