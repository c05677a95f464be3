"""The fonts on paper: Noto Sans for Latin, Greek and Cyrillic, Noto Sans Devanagari beside it.

They come with the screens' libraries, by locked version and hash (`map_ui/vendor.py`), and only the
letters that a document uses go into it.
"""

from fpdf import FPDF
from fpdf.fonts import TTFFont

from core.settings import ROOT

FAMILY = "noto-sans"
FALLBACK = "noto-sans-devanagari"
FOLDER = ROOT / "map_ui" / "static" / "vendor"
STYLES = {"": "regular.ttf", "B": "bold.ttf"}


def load(pdf: FPDF) -> None:
    """Have `pdf` write in our fonts, with letters joined as their script asks.

    Raises `FileNotFoundError` naming the font and the command that brings it.
    """
    for family in (FAMILY, FALLBACK):
        for style, name in STYLES.items():
            path = FOLDER / family / name
            if not path.is_file():
                raise FileNotFoundError(f"{path} is missing: run `python -m map_ui.vendor` first")
            pdf.add_font(family, style, path)
    pdf.set_fallback_fonts([FALLBACK], exact_match=False)
    pdf.set_text_shaping(use_shaping_engine=True)


def close(pdf: FPDF) -> None:
    """Close the font files, which stay open while letters are still to be taken from them."""
    for font in pdf.fonts.values():
        if isinstance(font, TTFFont):
            font.ttfont.close()
