"""Paper: what leaves the screen as PDF. The one home of fpdf2; callers give values, not layout."""

from core.pdf.drawing import Drawing
from core.pdf.paper import Column, NoPicture, Paper

__all__ = ["Column", "Drawing", "NoPicture", "Paper"]
