"""An evidence pack as a document for people: the verdict, a map, what was reported, the hashes.

All of it is read from the pack, which can be checked by `./roundsman verify-evidence`; only streets
and pictures come from elsewhere.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from core.geometry import LatLon, LocalPlane
from core.pdf.drawing import Color, Point
from core.pdf.paper import Column, NoPicture, Paper

Pack = Mapping[str, Any]
Line = Sequence[tuple[float, float]]
"""Longitude and latitude in degrees of each point."""

MAP_MM = 68.0
PICTURE_MM = 110.0
HASHES_MM = 58.0
"""How high the part is that says how to check the pack, without the files."""
FILE_MM = 6.0
LEAST_AROUND_M = 60.0
MOST_AROUND_M = 400.0
"""How far from the fence the map reaches, whatever the pings do."""

STREET: Color = (201, 195, 183)
FENCE: Color = (0, 128, 95)
FENCE_FILL: Color = (226, 243, 236)
RING: Color = (154, 166, 180)
WAY: Color = (67, 79, 94)
PING: Color = (18, 78, 176)
REPORTED: Color = (198, 125, 0)
CIRCLE_POINTS = 72
HASH_GROUP = 8

WORDS = {
    "verified": "Visit verified", "probable": "Visit probable", "unverified": "Visit not proven",
}  # fmt: skip
REPORTS = {"check-in": "Check-in", "check-out": "Check-out"}


@dataclass(frozen=True, slots=True)
class Picture:
    """A photo or a signature that was taken in during the visit: what it shows, and its bytes."""

    title: str
    image: bytes


def evidence_pdf(
    pack: Pack, streets: Sequence[Line], pictures: Sequence[Picture], now: datetime
) -> bytes:
    """The document of a pack. `streets` are drawn below the pings; the times are those of the
    pack's zone. The same values give the same bytes."""
    record = visit_record(pack)
    visit, names = record["visit"], pack["names"]
    zone = ZoneInfo(names["zone"])
    customers = [names["customers"].get(case, case) for case in visit["case_ids"]]
    paper = Paper.a4(f"Visit evidence {pack['visit_id']}", now)
    paper.heading("Visit evidence")
    paper.text(", ".join(customers) or "No case was open at this place")
    paper.space(2)
    paper.facts(
        [
            ("Verdict", WORDS.get(visit["verdict"], visit["verdict"])),
            ("Agent", names["agent"]),
            ("Branch", f"{names['branch']} ({names['branch_code']})"),
            ("From", _told(visit["began_at"], zone)),
            ("Until", _told(visit["ended_at"], zone)),
            ("Pings", f"{visit['pings']}, the place is known to ± {visit['uncertainty_m']:.0f} m"),
            ("Version", f"{visit['version']}: {visit['change']}, decided "
                        f"{_told(visit['decided_at'], zone)}"),
        ]
    )  # fmt: skip
    _map(paper, pack, record, streets)
    paper.heading("Why", 2)
    paper.table(
        [Column("What it says", 4), Column("Reason in the pack", 1.3)],
        [[reason["text"], reason["code"]] for reason in visit["reasons"]],
    )
    _reports(paper, pack, zone)
    _hashes(paper, pack, record, zone)
    if pictures:
        paper.new_page()
    for picture in pictures:
        try:
            paper.picture(picture.image, PICTURE_MM, picture.title)
        except NoPicture:  # one that an agent has broken keeps no paper away
            paper.heading(picture.title, 2)
            paper.text("This file is kept as its hash says, and cannot be drawn.")
    return paper.pdf()


def visit_record(pack: Pack) -> Mapping[str, Any]:
    """The record of the version that the pack is about."""
    record: Mapping[str, Any] = next(
        record
        for record in pack["records"]
        if record["kind"] == "visit" and record["visit"]["id"] == pack["visit_id"]
    )
    return record


def attachments(pack: Pack) -> list[Mapping[str, Any]]:
    """What was sent in during the visit, in order."""
    return [record["attachment"] for record in pack["records"] if record["kind"] == "attachment"]


def file_titles(pack: Pack) -> list[str]:
    """What each attachment is called on the paper, in order: in the list of reports, above its
    picture, and beside its hash."""
    return [
        f"File {n}: {str(each['kind']).replace('_', ' ')}"
        for n, each in enumerate(attachments(pack), start=1)
    ]


def box_around(pack: Pack) -> tuple[LatLon, float]:
    """What the map shows: its middle and how many meters to each side. All pings, as long as they
    stay near the place."""
    visit = visit_record(pack)["visit"]
    middle = LatLon(visit["lat"], visit["lon"])
    places = visit_record(pack)["places"]
    far = [LEAST_AROUND_M]
    for place in places:
        (x, y) = _flat(middle, [place["lat"]], [place["lon"]])[0]
        far.append(max(abs(x), abs(y)) + place["radius_m"] * 1.2)
    if pack["pings"]:
        points = _flat(
            middle, [ping["lat"] for ping in pack["pings"]], [ping["lon"] for ping in pack["pings"]]
        )
        far += [max(abs(x), abs(y)) + 15 for x, y in points]
    return middle, min(MOST_AROUND_M, max(far))


def _map(paper: Paper, pack: Pack, record: Mapping[str, Any], streets: Sequence[Line]) -> None:
    middle, around_m = box_around(pack)
    pings = pack["pings"]
    way = _flat(middle, [p["lat"] for p in pings], [p["lon"] for p in pings])
    with paper.drawing((-around_m, -around_m, around_m, around_m), MAP_MM) as drawing:
        for street in streets:
            points = _flat(middle, [lat for _, lat in street], [lon for lon, _ in street])
            drawing.line(points, STREET, 0.9)
        for place in record["places"]:
            for ring in _rings(middle, place):
                drawing.area(ring, FENCE, FENCE_FILL)
        for street in streets:
            points = _flat(middle, [lat for _, lat in street], [lon for lon, _ in street])
            drawing.line(points, STREET, 0.25)
        for point, ping in zip(way, pings, strict=True):
            if ping["accuracy_m"]:
                drawing.circle(point, ping["accuracy_m"], RING, width_mm=0.1)
        if len(way) > 1:
            drawing.line(way, WAY, 0.25)
        for point in way:
            drawing.dot(point, 0.6, PING)
        for fact in _fixes(pack):
            (point,) = _flat(middle, [fact["lat"]], [fact["lon"]])
            drawing.dot(point, 1.3, REPORTED)
        step_m = next(step for step in (200, 100, 50, 20, 10) if step <= around_m / 2)
        left, low = -around_m * 0.94, -around_m * 0.94
        drawing.line([(left, low), (left + step_m, low)], WAY, 0.5)
        drawing.text((left, low + around_m * 0.03), f"{step_m} m")
    paper.text(
        "Green: the customer's fence. Blue dots: pings, each with the ring of its accuracy."
        " Orange: where the agent reported from. Streets © OpenStreetMap contributors.",
        is_quiet=True,
    )


def _reports(paper: Paper, pack: Pack, zone: ZoneInfo) -> None:
    rows, files = [], iter(file_titles(pack))
    for record in pack["records"]:
        if record["kind"] == "attachment":
            rows.append([_told(record["attachment"]["device_time"], zone), next(files), ""])
        elif record["kind"] in REPORTS:
            fact = record[record["kind"].replace("-", "_")]
            rows.append([_told(fact["device_time"], zone), REPORTS[record["kind"]], _about(fact)])
    if not rows:
        return
    paper.heading("What the agent reported", 2)
    paper.table([Column("Phone's time", 1.6), Column("Report"), Column("", 3)], rows)


def _about(fact: Mapping[str, Any]) -> str:
    said = [str(fact[name]) for name in ("outcome", "reason", "note") if fact.get(name)]
    if fact.get("distance_m") is not None:
        said.append(f"{fact['distance_m']:.0f} m from the middle of the fence")
    return ", ".join(said)


def _fixes(pack: Pack) -> list[Mapping[str, Any]]:
    """Where the phone was when the agent reported something."""
    facts = [record.get("check_in") or record.get("check_out") for record in pack["records"]]
    return [fact["fix"] for fact in facts if fact and fact.get("fix")]


def _hashes(paper: Paper, pack: Pack, record: Mapping[str, Any], zone: ZoneInfo) -> None:
    head = pack["chain"]["head"]
    paper.together(HASHES_MM + FILE_MM * len(attachments(pack)))
    paper.heading("How to check it", 2)
    paper.text(
        "This paper shows what the evidence pack of the same visit holds. The pack is the proof:"
        " save it from GET /v1/visits/…/evidence and run ./roundsman verify-evidence on it. Its"
        f" digest is the first line below. {pack['note']}"
    )
    paper.facts(
        [
            ("Digest of the pack", _grouped(pack["digest"])),
            ("Head of the chain", f"record {head['seq']}: {_grouped(head['hash'])}"),
            ("Record of the visit", f"{record['seq']}, sealed {_told(record['sealed_at'], zone)}"),
            ("Pings sealed", f"{len(record['pings']['sha256'])}, {len(pack['pings'])} still kept"),
            *[
                (title, _grouped(each["stored_sha256"]))
                for title, each in zip(file_titles(pack), attachments(pack), strict=True)
            ],
        ]
    )


def _told(at: str, zone: ZoneInfo) -> str:
    return datetime.fromisoformat(at).astimezone(zone).strftime("%Y-%m-%d %H:%M:%S %Z")


def _grouped(hexadecimal: str) -> str:
    """A hash in groups, which eyes can follow and lines can break."""
    return " ".join(hexadecimal[i : i + HASH_GROUP] for i in range(0, len(hexadecimal), HASH_GROUP))


def _flat(middle: LatLon, lat: Sequence[float], lon: Sequence[float]) -> list[Point]:
    """Meters east and north of the middle."""
    x, y = LocalPlane(middle).xy(np.asarray(lat, dtype=float), np.asarray(lon, dtype=float))
    return list(zip(x.tolist(), y.tolist(), strict=True))


def _rings(middle: LatLon, place: Mapping[str, Any]) -> list[list[Point]]:
    """The outlines of a fence: its polygon's rings, else its circle."""
    if "polygon" in place:
        return [
            _flat(middle, [lat for _, lat in ring], [lon for lon, _ in ring])
            for ring in place["polygon"]
        ]
    ((x, y),) = _flat(middle, [place["lat"]], [place["lon"]])
    turns = np.linspace(0, 2 * np.pi, CIRCLE_POINTS, endpoint=False)
    radius_m = place["radius_m"]
    return [[(x + radius_m * np.cos(turn), y + radius_m * np.sin(turn)) for turn in turns.tolist()]]
