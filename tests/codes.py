"""Codes read back as a phone's camera would, from what a screen or a paper shows."""

import io

import zxingcpp
from PIL import Image
from playwright.sync_api import Locator
from pypdfium2 import PdfDocument

QR = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])


def codes_in(picture: Image.Image) -> list[str]:
    """What the QR codes of a picture say."""
    return [one.text for one in zxingcpp.read_barcodes(picture, formats=QR)]


def code_shown(part: Locator) -> str:
    """What the one QR code says that is in sight on a part of a page."""
    (said,) = codes_in(Image.open(io.BytesIO(part.screenshot())))
    return said


def codes_of_pdf(content: bytes) -> list[str]:
    """What the QR codes of a PDF say, page by page as it would be printed at 150 dots an inch."""
    with PdfDocument(content) as pdf:
        return [said for page in pdf for said in codes_in(page.render(scale=150 / 72).to_pil())]
