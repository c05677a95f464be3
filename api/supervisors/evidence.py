"""Evidence packs of visits, and the heads of the chains that they are part of."""

from typing import Annotated
from uuid import UUID

import structlog
from fastapi import Query, Response

from api.deps import Now, Read, Supervisor
from api.routing import Router
from api.schemas import Day
from core.settings import settings
from geofence.evidence.export import export_heads, export_pack
from map_ui.evidence.print_pack import print_pack

router = Router(prefix="/v1", tags=["supervisors: evidence"])
log = structlog.get_logger()

WorkingDay = Annotated[
    Day | None,
    Query(description="a working day in the branch's zone; today, so far, when none is given"),
]


@router.get("/visits/{id}/evidence")
async def get_evidence(
    id: UUID,  # noqa: A002
    caller: Supervisor,
    session: Read,
    now: Now,
) -> Response:
    """The evidence pack of a visit's version, to save as it is: `./roundsman verify-evidence`
    checks it, and every byte counts. It tells where people were, so who took it is logged."""
    content = await export_pack(session, id, now)
    log.info("evidence.exported", visit_id=str(id), by=str(caller.id))
    return _file(content, f"evidence-{id}.json")


@router.get(
    "/visits/{id}/evidence.pdf",
    response_class=Response,
    responses={200: {"content": {"application/pdf": {}}}},
)
async def get_evidence_pdf(
    id: UUID,  # noqa: A002
    caller: Supervisor,
    session: Read,
    now: Now,
) -> Response:
    """The same on paper, for people: verdict, map, reports, pictures, and the hashes to check it
    by. It tells where people were, so who took it is logged."""
    content = await print_pack(session, id, settings().attachment_dir, now)
    log.info("evidence.printed", visit_id=str(id), by=str(caller.id))
    return _file(content, f"evidence-{id}.pdf", "application/pdf")


@router.get("/branches/{code}/evidence-heads")
async def get_evidence_heads(
    code: str, caller: Supervisor, session: Read, now: Now, day: WorkingDay = None
) -> Response:
    """The heads of the chains of a branch's agents at the end of a day, for somebody outside to
    keep. Whoever has noted down its digest can tell whether anything older was changed since."""
    content = await export_heads(session, code, day, now)
    return _file(content, "evidence-heads.json")


def _file(content: bytes, name: str, media_type: str = "application/json") -> Response:
    return Response(
        content,
        media_type=media_type,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
