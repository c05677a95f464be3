"""SpatiaLite's geometry blobs, without the SpatiaLite library.

A blob is: 0x00, the byte order, the SRID (4 bytes), the bounding box (4 doubles), 0x7C, the
geometry as its WKB class and body, 0xFE. Source: "Internal BLOB-Geometry format" in the SpatiaLite
documentation.
"""

from typing import TYPE_CHECKING

import numpy as np
import shapely

from core.errors import InvalidField
from core.said import say

if TYPE_CHECKING:
    from collections.abc import Sequence

_BODY = 39  # where the WKB class begins: after 0x00, order, SRID, box and 0x7C
WGS84_SRID = 4326


def wkb(blob: bytes) -> bytes:
    """The WKB inside a blob. Raises `InvalidField` when it is not one in WGS84.

    The members of a collection carry the marker 0x69 where plain WKB repeats the byte order; GEOS
    (and so Shapely) then keeps the order of the whole, which is what SpatiaLite means.
    """
    framed = (
        len(blob) > _BODY + 4
        and blob[0] == 0x00
        and blob[1] in (0, 1)
        and blob[_BODY - 1] == 0x7C
        and blob[-1] == 0xFE
    )
    if not framed:
        raise InvalidField("geometry", say("a SpatiaLite geometry blob (00 … 7C … FE)"))
    if int.from_bytes(blob[2:6], "little" if blob[1] else "big") != WGS84_SRID:
        raise InvalidField("geometry", say("coordinates in WGS84 (SRID 4326)"))
    return blob[1:2] + blob[_BODY:-1]


def geometries(blobs: "Sequence[bytes]") -> "np.ndarray[tuple[int], np.dtype[np.object_]]":
    """Shapely geometries of many blobs, in their order."""
    return np.asarray(shapely.from_wkb([wkb(blob) for blob in blobs]), dtype=object)
