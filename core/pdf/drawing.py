"""A drawing on paper: lines, areas, circles and words in a frame, in the caller's own units.

For the small map of an evidence pack, or a chart: the caller says which box of the plane (such as
meters east and north of a door) the frame shows.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from fpdf import FPDF
from fpdf.enums import RenderStyle

from core.pdf import fonts

Color = tuple[int, int, int]
"""Red, green and blue, 0 to 255."""

Point = tuple[float, float]
"""x to the right and y upward, in the units of the box."""


@dataclass(frozen=True)
class Drawing:
    """A frame on the page. Made by `Paper.drawing`; what leaves the frame is cut off."""

    pdf: FPDF
    left_mm: float
    bottom_mm: float
    mm_per_unit: float
    min_x: float
    min_y: float

    def _at(self, point: Point) -> Point:
        return (
            self.left_mm + (point[0] - self.min_x) * self.mm_per_unit,
            self.bottom_mm - (point[1] - self.min_y) * self.mm_per_unit,
        )

    def line(
        self,
        points: Sequence[Point],
        color: Color,
        width_mm: float = 0.3,
        dash_mm: float = 0,
    ) -> None:
        """A line through two points or more; dashed if `dash_mm` is not 0."""
        self._stroke(color, width_mm, dash_mm)
        self.pdf.polyline([self._at(point) for point in points])

    def area(self, ring: Sequence[Point], line: Color, fill: Color | None = None) -> None:
        """A polygon's outer ring, drawn and perhaps filled."""
        self._stroke(line, 0.3, 0)
        if fill is not None:
            self.pdf.set_fill_color(*fill)
        style = RenderStyle.D if fill is None else RenderStyle.DF
        self.pdf.polygon([self._at(point) for point in ring], style=style)

    def circle(
        self,
        center: Point,
        radius: float,
        line: Color,
        fill: Color | None = None,
        width_mm: float = 0.2,
    ) -> None:
        """A circle whose `radius` is in the units of the box."""
        self._round(center, radius * self.mm_per_unit, line, fill, width_mm)

    def dot(self, center: Point, radius_mm: float, fill: Color) -> None:
        """A dot whose size is that of the paper, whatever the box shows."""
        self._round(center, radius_mm, fill, fill, 0.1)

    def text(self, at: Point, words: str, size_pt: float = 7) -> None:
        """Words that begin at a point."""
        x_mm, y_mm = self._at(at)
        self.pdf.set_font(fonts.FAMILY, "", size_pt)
        self.pdf.text(x_mm, y_mm, words)

    def _stroke(self, color: Color, width_mm: float, dash_mm: float) -> None:
        self.pdf.set_draw_color(*color)
        self.pdf.set_line_width(width_mm)
        self.pdf.set_dash_pattern(dash_mm, dash_mm)

    def _round(
        self, center: Point, radius_mm: float, line: Color, fill: Color | None, width_mm: float
    ) -> None:
        x_mm, y_mm = self._at(center)
        self._stroke(line, width_mm, 0)
        if fill is not None:
            self.pdf.set_fill_color(*fill)
        style = RenderStyle.D if fill is None else RenderStyle.DF
        self.pdf.circle(x_mm, y_mm, radius_mm, style=style)
