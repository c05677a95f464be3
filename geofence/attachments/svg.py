"""Signatures drawn as SVG: strokes, and nothing that could act or ask for anything."""

from html import escape
from typing import Any

from defusedxml.ElementTree import ParseError, fromstring

from geofence.attachments.jpeg import BrokenFile

NAMESPACE = "http://www.w3.org/2000/svg"

_SHAPES = {"svg", "g", "path", "circle", "ellipse", "rect", "line", "polyline", "polygon"}
_GEOMETRY = {
    "d", "points", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry", "width", "height",
    "viewBox", "preserveAspectRatio", "transform", "version",
}  # fmt: skip
_PAINT = {
    "fill", "fill-opacity", "fill-rule", "opacity", "stroke", "stroke-width", "stroke-linecap",
    "stroke-linejoin", "stroke-miterlimit", "stroke-opacity",
}  # fmt: skip
_DEEPEST = 10


def redrawn(content: bytes) -> bytes:
    """The drawing written anew: shapes with their geometry and paint, and nothing else of the file.

    Raises `BrokenFile` for what is no SVG, or has anything in it but shapes.
    """
    try:
        root: Any = fromstring(content)
    except (ParseError, ValueError, RecursionError):  # what defusedxml forbids is a ValueError
        raise BrokenFile("it is no XML, or has a DTD or entities") from None
    if root.tag != f"{{{NAMESPACE}}}svg":
        raise BrokenFile("its root is no svg element")
    return _written(root, 0).encode()


def _written(element: Any, depth: int) -> str:
    namespace, _, name = str(element.tag)[1:].partition("}")
    if namespace != NAMESPACE or name not in _SHAPES or depth > _DEEPEST:
        raise BrokenFile(f"it has a part that is no stroke: {name[:40] or 'unknown'}")
    attributes = "".join(
        f' {key}="{escape(value)}"'
        for key, value in element.attrib.items()
        if (key in _GEOMETRY or key in _PAINT) and "url" not in value.lower()
    )
    inner = "".join(_written(child, depth + 1) for child in element)
    space = "" if depth else f' xmlns="{NAMESPACE}"'
    return f"<{name}{space}{attributes}>{inner}</{name}>"
