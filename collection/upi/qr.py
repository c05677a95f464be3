"""QR codes as pictures that scale."""

from io import BytesIO

import segno


def qr_svg(text: str) -> bytes:
    """An SVG of a QR code with its quiet zone, dark on white; 15 % of it may be unreadable."""
    code = segno.make(text, error="m", micro=False)
    picture = BytesIO()
    code.save(picture, kind="svg", scale=6, border=4, dark="#000", light="#fff", xmldecl=False)
    return picture.getvalue()
