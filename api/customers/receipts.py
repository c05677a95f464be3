"""A customer's receipt: its page and PDF behind a short link, and for staff by its id."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Header, Path, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse

from api.customers.links import TheLinkKey, link_of
from api.deps import Db, Now, Read, ReceiptReader
from api.routing import Router
from api.schemas import Answer, Instant
from collection.receipts.copies import store
from collection.receipts.copies.copy import ReceiptCopy
from collection.receipts.errors import ReceiptNotFound
from data.session import EVERYTHING, Database
from identity.links.link import Leads, subject_of
from map_ui.receipts import page
from map_ui.receipts.paper import slip

pages = Router(include_in_schema=False)
router = Router(prefix="/v1/receipts", tags=["receipts"])

Token = Annotated[str, Path(max_length=64)]
PDF = "application/pdf"


class ReceiptLinkAnswer(Answer):
    """An address that shows a receipt without signing in, with names masked, until it ends."""

    url: str
    expires_at: Instant


@router.get("/{id}.pdf", response_class=Response, responses={200: {"content": {PDF: {}}}})
async def get_receipt_pdf(id: UUID, caller: ReceiptReader, session: Read) -> Response:  # noqa: A002
    """A receipt to print or to hand on, as wide as a receipt printer's roll."""
    copy = await store.copy_of(session, id)
    if copy is None:
        raise ReceiptNotFound(str(id))
    return await _pdf(copy, is_public=False)


@router.get("/{id}/link")
async def get_receipt_link(
    id: UUID,  # noqa: A002
    caller: ReceiptReader,
    session: Read,
    key: TheLinkKey,
    request: Request,
) -> ReceiptLinkAnswer:
    """The address at which the customer can see a receipt; always the same one."""
    copy = await store.copy_of(session, id)
    if copy is None:
        raise ReceiptNotFound(str(id))
    return ReceiptLinkAnswer(
        url=link_of(request, key, Leads.RECEIPT, id), expires_at=copy.shown_until
    )


@pages.get("/r/{token}.pdf")
async def public_pdf(token: Token, database: Db, key: TheLinkKey, now: Now) -> Response:
    """A receipt as PDF, with names masked. Open to everybody who has the address."""
    copy = await _shown(database, key, token, now)
    return HTMLResponse("", status_code=404) if copy is None else await _pdf(copy, is_public=True)


@pages.get("/r/{token}")
async def public_page(
    token: Token,
    request: Request,
    database: Db,
    key: TheLinkKey,
    now: Now,
    accept_language: Annotated[str, Header()] = "",
) -> HTMLResponse:
    """A receipt, with names masked. Open to everybody who has the address."""
    nonce: str = request.state.nonce
    copy = await _shown(database, key, token, now)
    if copy is None:
        return HTMLResponse(page.render_gone(accept_language, nonce=nonce), status_code=404)
    return HTMLResponse(page.render(copy, nonce=nonce, pdf_url=f"/r/{token}.pdf"))


async def _shown(database: Database, key: bytes, token: str, now: datetime) -> ReceiptCopy | None:
    receipt_id = subject_of(key, Leads.RECEIPT, token)
    if receipt_id is None:
        return None
    async with database.transaction(EVERYTHING, read_only=True) as session:
        copy = await store.copy_of(session, receipt_id)
    return copy if copy and now < copy.shown_until else None


async def _pdf(copy: ReceiptCopy, *, is_public: bool) -> Response:
    # Setting type takes a while, in which others would wait.
    content = await run_in_threadpool(slip, copy, is_public=is_public)
    name = f'inline; filename="receipt-{copy.number.text}.pdf"'
    return Response(content, media_type=PDF, headers={"Content-Disposition": name})
