"""Links that hand a stop over to a map app for turn-by-turn directions."""

from dataclasses import dataclass
from urllib.parse import quote, urlencode


@dataclass(frozen=True, slots=True)
class Links:
    """Where to tap for directions to a stop. None of them names the customer or the agent: they
    leave the house."""

    geo: str
    android: str
    google: str
    apple: str
    osmand: str


def links(lat: float, lon: float, label: str, uncertainty_m: float | None = None) -> Links:
    """Links to a position in degrees (WGS84), to six decimals, which is 11 cm.

    `geo` is RFC 5870, with its ``u`` (meters) where the uncertainty is known. `android` is the
    form that Android's map apps take a label from, ``geo:lat,lon?q=lat,lon(label)``. `google` is a
    Maps URL (``api=1``, ``destination``, ``travelmode``, ``dir_action``), `apple` a Map Link
    (``daddr``, ``dirflg``), `osmand` an OsmAnd link (``finish``, ``profile``, ``pin``).
    """
    at = f"{lat:.6f},{lon:.6f}"
    sure = "" if uncertainty_m is None else f";u={uncertainty_m:.0f}"
    return Links(
        geo=f"geo:{at}{sure}",
        android=f"geo:{at}?q={at}({quote(label)})",
        google=_url(
            "https://www.google.com/maps/dir/",
            api="1", destination=at, travelmode="driving", dir_action="navigate",
        ),
        apple=_url("https://maps.apple.com/", daddr=at, dirflg="d"),
        osmand=_url("https://osmand.net/map/", finish=at, profile="car", pin=at),
    )  # fmt: skip


def _url(base: str, **parameters: str) -> str:
    return f"{base}?{urlencode(parameters, safe=',')}"
