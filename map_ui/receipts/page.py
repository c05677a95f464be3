"""The page behind a receipt's short link: for the customer's phone, and for printing."""

from collection.messages.wording import language_of
from collection.receipts.copies.copy import ReceiptCopy
from map_ui.page import page
from map_ui.receipts.words import WORDS, told


def render(copy: ReceiptCopy, *, nonce: str, pdf_url: str) -> str:
    """A receipt as HTML in the customer's language, with names masked."""
    receipt = told(copy, is_public=True)
    return page(
        "receipt.html",
        nonce=nonce,
        locale=receipt.language,
        receipt=receipt,
        pdf_url=pdf_url,
    )


def render_gone(accepted: str, *, nonce: str) -> str:
    """The page for an address that leads to no receipt; `accepted` is what the browser speaks
    (``Accept-Language``)."""
    language = language_of(accepted.split(",", maxsplit=1)[0].split(";", maxsplit=1)[0])
    words = WORDS[language]
    return page(
        "public_note.html",
        nonce=nonce,
        locale=language,
        title=words["gone_title"],
        text=words["gone"],
    )
