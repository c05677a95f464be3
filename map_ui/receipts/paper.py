"""A receipt on paper: a slip as wide as a receipt printer's roll."""

from collection.receipts.copies.copy import ReceiptCopy
from core.pdf import Paper
from map_ui.receipts.words import told

WIDTH_MM = 80.0


def slip(copy: ReceiptCopy, *, is_public: bool) -> bytes:
    """The PDF of a receipt; the same bytes whenever it is made."""
    words = told(copy, is_public=is_public)

    def fill(paper: Paper) -> None:
        paper.text(copy.lender, is_quiet=True)
        paper.heading(f"{words.title} {words.number}")
        paper.amount(words.amount)
        paper.rule()
        paper.facts(words.facts)
        for note in words.notes:
            paper.text(note)

    title = f"{words.title} {words.number}"
    return Paper.slip(title, copy.received_at, fill, WIDTH_MM, words.language).pdf()
