import re
import zlib
from datetime import UTC, datetime
from io import BytesIO

import pytest
from PIL import Image
from pypdfium2 import PdfDocument
from pypdfium2.raw import FPDF_PAGEOBJ_IMAGE

from core.pdf import Column, Paper, fonts

MADE_AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
POINTS_PER_MM = 72 / 25.4


def sizes_mm(pdf: bytes) -> list[tuple[float, float]]:
    boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf)
    return [(float(w) / POINTS_PER_MM, float(h) / POINTS_PER_MM) for w, h in boxes]


def strokes(pdf: bytes) -> bytes:
    """What is drawn, of every page and picture."""
    streams = re.findall(rb"stream\n(.*?)\nendstream", pdf, re.DOTALL)
    return b"\n".join(zlib.decompress(each) for each in streams if each[:1] == b"x")


def report(rows: int = 3) -> Paper:
    paper = Paper.a4("Day of Asha", MADE_AT)
    paper.heading("Day of Asha")
    paper.facts([("Branch", "कोटा"), ("Collected", "₹ 12,400.00")])
    paper.table(
        [Column("Customer", 2), Column("Amount", 1, "RIGHT")],
        [[f"Customer {n}", f"{n}00.00"] for n in range(rows)],
    )
    return paper


def a_picture() -> bytes:
    out = BytesIO()
    Image.new("RGB", (40, 20), "teal").save(out, "JPEG")
    return out.getvalue()


def test_the_same_values_give_the_same_bytes() -> None:
    assert report().pdf() == report().pdf()


def test_a_table_goes_on_over_the_pages() -> None:
    pdf = report(rows=120).pdf()
    assert b"/Count 3" in pdf
    assert sizes_mm(pdf) == [pytest.approx((210, 297), abs=0.1)]


@pytest.mark.parametrize("shape", [(40, 30), (30, 70), (10, 90)])
def test_a_picture_stands_whole_on_a_page_with_its_title(shape: tuple[int, int]) -> None:
    paper = Paper.a4("Pictures", MADE_AT)
    for n in range(4):
        image = BytesIO()
        Image.new("RGB", shape, (n, 90, 90)).save(image, "PNG")
        paper.picture(image.getvalue(), 110, f"Picture {n}")
    drawing = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {shape[0]} {shape[1]}"/>'
    paper.picture(drawing.encode(), 110, "Drawn")
    with PdfDocument(paper.pdf()) as pdf:
        for page in pdf:
            told = page.get_textpage().get_text_bounded()
            images = [one for one in page.get_objects() if one.type == FPDF_PAGEOBJ_IMAGE]
            assert told.count("Picture ") == len(images)
            assert all(one.get_bounds()[1] > 0 for one in images), "cut off at the foot"


def put_a_receipt(paper: Paper) -> None:
    paper.heading("Receipt 14")
    paper.amount("₹ 1,250.00")
    paper.rule()
    paper.text("धन्यवाद")
    paper.picture(a_picture(), width_mm=20)


def test_a_slip_is_as_long_as_what_stands_on_it() -> None:
    def twice(paper: Paper) -> None:
        put_a_receipt(paper)
        put_a_receipt(paper)

    [short] = sizes_mm(Paper.slip("Receipt", MADE_AT, put_a_receipt).pdf())
    [long] = sizes_mm(Paper.slip("Receipts", MADE_AT, twice, width_mm=80).pdf())
    assert short[0] == pytest.approx(58, abs=0.1)
    assert long[0] == pytest.approx(80, abs=0.1)
    assert 30 < short[1] < 60
    assert 1.8 < long[1] / short[1] < 2.2


def test_a_drawing_shows_its_box_whole_and_cuts_off_the_rest() -> None:
    paper = Paper.a4("Map", MADE_AT)
    top_mm = 18
    with paper.drawing((-50, -50, 50, 50), height_mm=80) as drawing:
        assert drawing.mm_per_unit == pytest.approx(0.8)
        drawing.line([(-50, 0), (50, 0)], (0, 0, 0), dash_mm=1)
        drawing.area([(-10, -10), (10, -10), (0, 10)], (0, 0, 0), fill=(200, 220, 240))
        drawing.circle((0, 0), 40, (200, 0, 0))
        drawing.dot((0, 0), 1, (200, 0, 0))
        drawing.text((0, 0), "door")
        center_mm = drawing._at((0, 0))
    assert center_mm == pytest.approx((105, top_mm + 40))
    assert b" W n" in strokes(paper.pdf())  # clipped


def test_a_missing_font_is_named_with_what_brings_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    monkeypatch.setattr(fonts, "FOLDER", tmp_path)
    with pytest.raises(FileNotFoundError, match=r"regular\.ttf is missing: run"):
        Paper.a4("No font", MADE_AT)
