"""Print the evidence of a visit: its pack, with the streets around and the pictures sent in."""

import asyncio
from datetime import datetime
from pathlib import Path
from uuid import UUID

import numpy as np

from core.geometry import LocalPlane
from data.session import Session
from geofence.attachments.attachment import JPEG, PNG, SVG
from geofence.attachments.errors import FileLost
from geofence.attachments.files import fetch
from geofence.attachments.scans.store import held_back
from geofence.attachments.store import stored_files
from geofence.attachments.stored import Stored
from geofence.evidence.canonical import parsed
from geofence.evidence.export import export_pack
from map_ui.evidence.paper import (
    Pack,
    Picture,
    attachments,
    box_around,
    evidence_pdf,
    file_titles,
)
from streets.store import lines_within

WIDER = 2.0
"""The map is wider than what it must show."""


async def print_pack(session: Session, visit_id: UUID, files: Path, now: datetime) -> bytes:
    """The PDF of a version of a visit; `files` is the folder of attachments. Of a
    picture that is lost stands only the hash.

    Raises `EvidenceNotFound`.
    """
    pack: Pack = parsed(await export_pack(session, visit_id, now))
    middle, around_m = box_around(pack)
    reach_m = np.array([-around_m, around_m]) * WIDER
    lat, lon = LocalPlane(middle).latlon(reach_m, reach_m)
    streets = await lines_within(
        session, south=float(lat[0]), west=float(lon[0]), north=float(lat[1]), east=float(lon[1])
    )
    pictures = await _pictures(session, pack, files)
    # Setting type takes a while, in which others would wait.
    return await asyncio.to_thread(evidence_pdf, pack, streets, pictures, now)


async def _pictures(session: Session, pack: Pack, files: Path) -> list[Picture]:
    found = []
    ids = [UUID(each["id"]) for each in attachments(pack)]
    stored, held = await stored_files(session, ids), await held_back(session, ids)
    for title, each in zip(file_titles(pack), attachments(pack), strict=True):
        where = stored.get(UUID(each["id"]))
        if where is None or UUID(each["id"]) in held or each["media_type"] not in (JPEG, PNG, SVG):
            continue
        # The contents are held to the hash that the chain has, not to the row's.
        sealed = Stored(bytes.fromhex(each["stored_sha256"]), where.key)
        try:
            content = await fetch(files, sealed, UUID(each["id"]))
        except FileLost:
            continue  # its hash is on the paper all the same
        found.append(Picture(title, content))
    return found
