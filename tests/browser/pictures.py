"""Pictures of pages, for people to look at: `ROUNDSMAN_PICTURES=FOLDER pytest tests/browser`, and
`./roundsman pictures` for those of the documentation."""

import os
import re
from pathlib import Path
from typing import Literal

from playwright.sync_api import Page
from pypdfium2 import PdfDocument

LOOKS: tuple[Literal["light", "dark"], ...] = ("light", "dark")
PROGRAMS_WORDS = re.compile(r"\bundefined\b|\bNaN\b|\[object |Invalid Date")
TOLD = """() => [...document.querySelectorAll("body, option, [title], [aria-label]")]
    .flatMap((one) => [one === document.body ? one.innerText : one.text, one.title, one.ariaLabel])
    .filter(Boolean).join("\\n")"""


def photograph(page: Page, name: str, *, looks: bool = False) -> None:
    """Keep a picture of the whole page where somebody asked for pictures; of both `looks`.

    Asked for or not, what stands on the page must be for people: a value that a program did not
    have is told as one of its own words.
    """
    told = page.evaluate(TOLD)
    slip = PROGRAMS_WORDS.search(told)
    assert not slip, told[max(0, slip.start() - 80) : slip.end() + 40]
    folder = os.environ.get("ROUNDSMAN_PICTURES")
    if not folder:
        return
    page.wait_for_timeout(500)  # what moves has come to rest
    page.evaluate("document.querySelectorAll('.toast').forEach((said) => said.remove())")
    # What sticks to the top of the window is to stand at the top of the picture.
    scrolled = page.evaluate("[scrollY, scrollTo({ top: 0, behavior: 'instant' })][0]")
    if not looks:
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)
    for look in LOOKS if looks else ():
        page.emulate_media(color_scheme=look)
        page.wait_for_timeout(300)  # colors have faded into those of this look
        page.screenshot(path=str(Path(folder) / f"{name}-{look}.png"), full_page=True)
    page.evaluate("(top) => scrollTo({ top, behavior: 'instant' })", scrolled)


def photograph_paper(pdf: Path, name: str) -> None:
    """Keep a picture of a document's first sheet where somebody asked for pictures."""
    if folder := os.environ.get("ROUNDSMAN_PICTURES"):
        with PdfDocument(pdf) as paper:
            paper[0].render(scale=2).to_pil().save(Path(folder) / f"{name}.png")
