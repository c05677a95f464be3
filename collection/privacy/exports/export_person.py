"""All that is held about a customer, as a file for them: JSON, and their pictures and papers."""

import asyncio
import io
import json
import zipfile
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from collection.privacy.exports import store
from collection.privacy.store import branch_of
from data.session import Session

Fetch = Callable[[UUID], Awaitable[bytes | None]]
"""Gives a file's contents by the attachment's id, None of one that nobody may open; raises what the
caller knows."""

ENDINGS = {
    "image/jpeg": "jpg", "image/png": "png", "image/svg+xml": "svg", "application/pdf": "pdf",
}  # fmt: skip
READ_ME = """\
Everything that is held about this customer, taken out at {at}.

person.json has a list of rows for each kind of thing, by the name of its table: the customer, the
addresses and contacts, accounts with their demands and receipts, cases with visits, promises,
notes and messages, and consents. Times are UTC, amounts in minor units of their currency,
positions GeoJSON. attachments/ has the pictures and papers that agents took, and the documents of
legal proceedings, named by their id in person.json; one that malware was found in, or that waits to
be looked through, is left out. Who looked at these data stands on the audit trail, which is no part
of this file.
"""


async def export_person(session: Session, customer_id: UUID, fetch: Fetch, now: datetime) -> bytes:
    """A ZIP file with everything in scope that hangs on a customer, and on whom they are seen as
    one with. Raises `CustomerNotFound`."""
    await branch_of(session, customer_id)
    told = await store.everything_of(session, customer_id)
    files = {}
    for r in await store.attachments_of(session, customer_id):
        content = await fetch(r.id)
        if content is not None:
            files[f"{r.id}.{ENDINGS.get(r.media_type, 'bin')}"] = content
    return await asyncio.to_thread(zipped, told, files, now)


def zipped(
    told: Mapping[str, Sequence[Mapping[str, Any]]], files: Mapping[str, bytes], now: datetime
) -> bytes:
    """The file."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("README.txt", READ_ME.format(at=f"{now:%Y-%m-%d %H:%M} UTC"))
        packed.writestr("person.json", json.dumps(told, indent=1, default=str, ensure_ascii=False))
        for name, content in files.items():
            packed.writestr(f"attachments/{name}", content)
    return out.getvalue()
