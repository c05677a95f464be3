"""A document: headings, facts, tables, pictures and drawings, one below the other.

The same values give the same bytes: the time of making is given, never read from a clock.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Literal

from fpdf import FPDF
from fpdf.enums import TableBordersLayout
from fpdf.fonts import FontFace
from fpdf.image_parsing import preload_image
from fpdf.svg import SVGObject

from core.pdf import fonts
from core.pdf.drawing import Drawing

INK = (19, 28, 39)
QUIET = (92, 105, 120)
LINE = (221, 226, 232)
WASH = (244, 246, 248)

A4_MM = (210.0, 297.0)
A4_MARGIN_MM = 18.0
SLIP_MARGIN_MM = 3.0
TITLE_MM = 14.0


class NoPicture(ValueError):
    """The bytes are no picture that can be drawn."""


"""How high a part's heading is with the room around it, or less."""
LONG_MM = 2_000.0
"""A slip is set on a page this long first, to see how long it is."""


@dataclass(frozen=True, slots=True)
class Column:
    """A table's column: its head, its share of the width, and where its cells stand."""

    title: str
    share: float = 1
    align: Literal["LEFT", "RIGHT", "CENTER"] = "LEFT"


class _Sheet(FPDF):
    """A page whose foot has the document's name and the page's number."""

    foot: str = ""

    def footer(self) -> None:
        if not self.foot:
            return
        self.set_y(-12)
        self.set_font(fonts.FAMILY, "", 7)
        self.set_text_color(*QUIET)
        self.cell(0, 5, self.foot)
        self.set_x(self.l_margin)
        self.cell(0, 5, f"{self.page_no()} / {{nb}}", align="R")


class Paper:
    """A document under way. `Paper.a4(…)`, then parts, then `pdf()`; or `Paper.slip(…)`."""

    def __init__(self, sheet: _Sheet, text_pt: float, is_slip: bool) -> None:
        self._sheet = sheet
        self._text_pt = text_pt
        self._is_slip = is_slip

    @classmethod
    def a4(cls, title: str, made_at: datetime, language: str = "en") -> "Paper":
        """Sheets of A4 with the title below each, and the page's number."""
        sheet = cls._sheet_of(A4_MM, A4_MARGIN_MM, title, made_at, language)
        sheet.set_auto_page_break(auto=True, margin=A4_MARGIN_MM)
        sheet.foot = title
        sheet.add_page()
        return cls(sheet, 9, is_slip=False)

    @classmethod
    def slip(
        cls,
        title: str,
        made_at: datetime,
        fill: Callable[["Paper"], None],
        width_mm: float = 58,
        language: str = "en",
    ) -> "Paper":
        """One strip as wide as a receipt printer's roll, as long as what `fill` puts on it.

        `fill` is called twice: a page's length must be known before anything stands on it.
        """

        def filled(length_mm: float) -> Paper:
            size_mm = (width_mm, length_mm)
            sheet = cls._sheet_of(size_mm, SLIP_MARGIN_MM, title, made_at, language)
            sheet.set_auto_page_break(auto=False)
            sheet.add_page()
            paper = cls(sheet, 7.5, is_slip=True)
            fill(paper)
            return paper

        measured = filled(LONG_MM)
        fonts.close(measured._sheet)
        return filled(measured._sheet.get_y() + SLIP_MARGIN_MM)

    @staticmethod
    def _sheet_of(
        size_mm: tuple[float, float], margin_mm: float, title: str, made_at: datetime, language: str
    ) -> _Sheet:
        sheet = _Sheet(format=size_mm)
        fonts.load(sheet)
        sheet.set_title(title)
        sheet.set_lang(language)
        sheet.set_creation_date(made_at)
        sheet.set_margin(margin_mm)
        return sheet

    @property
    def width_mm(self) -> float:
        """What stands between the margins."""
        return float(self._sheet.epw)

    def heading(self, words: str, level: Literal[1, 2] = 1) -> None:
        """A heading of the document (1) or of a part (2)."""
        size_pt = self._text_pt * (1.8 if level == 1 else 1.25)
        if self._sheet.get_y() > self._sheet.t_margin:
            self.space(2)
        self._write(words, size_pt, "B")
        self.space(1)

    def text(self, words: str, *, is_quiet: bool = False, align: Literal["L", "C"] = "L") -> None:
        """A paragraph, wrapped at the margin; quiet for what is read only when needed."""
        self._write(words, self._text_pt, "", QUIET if is_quiet else INK, align)

    def amount(self, words: str) -> None:
        """The one figure that the document is about."""
        self._write(words, self._text_pt * 2.2, "B")

    def space(self, height_mm: float) -> None:
        """Empty room below what stands there."""
        self._sheet.set_y(self._sheet.get_y() + height_mm)

    def rule(self) -> None:
        """A thin line across."""
        self.space(1)
        y_mm = self._sheet.get_y()
        self._sheet.set_draw_color(*LINE)
        self._sheet.set_line_width(0.2)
        self._sheet.line(self._sheet.l_margin, y_mm, self._sheet.l_margin + self.width_mm, y_mm)
        self.space(1)

    def facts(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Names and values in two columns."""
        shares = (45, 55) if self._is_slip else (28, 72)
        self._table([[name, value] for name, value in pairs], shares, ("LEFT", "LEFT"))

    def table(self, columns: Sequence[Column], rows: Iterable[Sequence[str]]) -> None:
        """A table whose head is repeated on each page. Each row has a cell per column."""
        body = [list(row) for row in rows]
        heads = [column.title for column in columns]
        shares = tuple(column.share for column in columns)
        self._table(
            [heads, *body], shares, tuple(column.align for column in columns), has_head=True
        )

    def picture(self, image: bytes, width_mm: float | None = None, title: str = "") -> None:
        """A JPEG, PNG or SVG, centered; as wide as the text unless told, and never wider.

        It stands whole on one page, below its title. Raises `NoPicture`, and then nothing stands.
        """
        above_mm = TITLE_MM if title else 0
        low = self._low(image)
        width = min(width_mm or self.width_mm, self.width_mm, (self._sheet.eph - above_mm) / low)
        self.together(above_mm + width * low)
        if title:
            self.heading(title, 2)
        left = self._sheet.l_margin + (self.width_mm - width) / 2
        self._sheet.image(BytesIO(image), x=left, w=width)
        self.space(1)

    def _low(self, image: bytes) -> float:
        """How high a picture is for its width."""
        try:
            _, drawn, info = preload_image(self._sheet.image_cache, BytesIO(image))
        except Exception as error:  # whatever a decoder says of bytes that somebody has sent
            raise NoPicture(type(error).__name__) from error
        if isinstance(drawn, SVGObject):
            if drawn.width and drawn.height:
                return float(drawn.height) / float(drawn.width)
            assert drawn.viewbox, "it could not be placed at all"
            return float(drawn.viewbox[3]) / float(drawn.viewbox[2])
        return info.height / info.width

    @contextmanager
    def drawing(
        self, box: tuple[float, float, float, float], height_mm: float
    ) -> Iterator[Drawing]:
        """A frame as wide as the text that shows a box `(min_x, min_y, max_x, max_y)` whole.

        Begins on the next page if this one has too little room left.
        """
        sheet = self._sheet
        if not self._is_slip and sheet.will_page_break(height_mm):
            sheet.add_page()
        top_mm = sheet.get_y()
        min_x, min_y, max_x, max_y = box
        scale = min(self.width_mm / (max_x - min_x), height_mm / (max_y - min_y))
        # The box stands in the middle of the frame, which shows more of the plane around it.
        spare_x = (self.width_mm / scale - (max_x - min_x)) / 2
        spare_y = (height_mm / scale - (max_y - min_y)) / 2
        fill = sheet.fill_color
        with sheet.rect_clip(sheet.l_margin, top_mm, self.width_mm, height_mm):
            yield Drawing(
                pdf=sheet,
                left_mm=sheet.l_margin,
                bottom_mm=top_mm + height_mm,
                mm_per_unit=scale,
                min_x=min_x - spare_x,
                min_y=min_y - spare_y,
            )
        sheet.fill_color = fill  # or a table below would be filled with what was drawn last
        sheet.set_dash_pattern()
        sheet.set_draw_color(*LINE)
        sheet.set_line_width(0.2)
        sheet.rect(sheet.l_margin, top_mm, self.width_mm, height_mm)
        sheet.set_y(top_mm + height_mm + 2)

    def together(self, height_mm: float) -> None:
        """What follows, so high, begins on a new page where it would not fit on this one."""
        if self._sheet.will_page_break(height_mm):
            self._sheet.add_page()

    def new_page(self) -> None:
        """What follows begins on a new page."""
        self._sheet.add_page()

    def pdf(self) -> bytes:
        """The document's bytes. Nothing is added after it."""
        pdf = bytes(self._sheet.output())
        fonts.close(self._sheet)
        return pdf

    def _write(
        self,
        words: str,
        size_pt: float,
        style: Literal["", "B"],
        color: tuple[int, int, int] = INK,
        align: Literal["L", "C"] = "L",
    ) -> None:
        self._sheet.set_font(fonts.FAMILY, style, size_pt)
        self._sheet.set_text_color(*color)
        self._sheet.multi_cell(0, size_pt * 0.5, words, align=align, new_x="LMARGIN", new_y="NEXT")

    def _table(
        self,
        rows: list[list[str]],
        shares: tuple[float, ...],
        aligns: tuple[str, ...],
        *,
        has_head: bool = False,
    ) -> None:
        self._sheet.set_font(fonts.FAMILY, "", self._text_pt)
        self._sheet.set_text_color(*INK)
        self._sheet.set_draw_color(*LINE)
        self._sheet.set_line_width(0.2)
        with self._sheet.table(
            borders_layout=TableBordersLayout.HORIZONTAL_LINES,
            col_widths=shares,
            text_align=aligns,
            first_row_as_headings=has_head,
            num_heading_rows=1 if has_head else 0,
            headings_style=FontFace(emphasis="BOLD", fill_color=WASH),
            line_height=self._text_pt * 0.5,
            padding=(0.6, 1.2),
        ) as table:
            for row in rows:
                table.row(row)
        self.space(3)
