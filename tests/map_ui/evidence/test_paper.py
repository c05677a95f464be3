"""Evidence on paper: all that the pack says stands there, and the map shows what it must."""

from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from zlib import crc32

import pytest
from PIL import Image
from pypdfium2 import PdfDocument

from geofence.evidence.pack import UNSEALED
from map_ui.evidence.paper import (
    LEAST_AROUND_M,
    MOST_AROUND_M,
    Picture,
    box_around,
    evidence_pdf,
    file_titles,
)

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
AT = "2026-11-23T12:07:00.000000Z"
STREETS = [[(-71.2505, -29.9), (-71.2495, -29.9)]]


def a_ping(lat: float, accuracy_m: float | None = 8.0) -> dict[str, Any]:
    return {"lat": lat, "lon": -71.25, "accuracy_m": accuracy_m, "captured_at": AT}


def a_pack(*pings: dict[str, Any], **place: Any) -> dict[str, Any]:
    visit = {
        "id": "v2", "version": 2, "change": "ended", "began_at": AT, "ended_at": AT, "pings": 46,
        "decided_at": AT, "lat": -29.9, "lon": -71.25, "uncertainty_m": 6.0, "case_ids": ["c1"],
        "verdict": "verified", "reasons": [{"code": "long_stay", "text": "Stayed 9 minutes."}],
    }  # fmt: skip
    fence = {"lat": -29.9, "lon": -71.25, "radius_m": 30.0, "planned": True, **place}
    sealed = {"sha256": ["ab"], "from": AT, "until": AT}
    check_in = {"device_time": AT, "reason": None, "distance_m": 12.0,
                "fix": {"lat": -29.9001, "lon": -71.25}}  # fmt: skip
    photo = {"device_time": AT, "kind": "photo", "stored_sha256": "c0" * 32}
    return {
        "visit_id": "v2",
        "digest": "d1" * 32,
        "note": UNSEALED,
        "records": [
            {"kind": "check-in", "seq": 6, "check_in": check_in},
            {"kind": "attachment", "seq": 7, "attachment": photo},
            {"kind": "visit", "seq": 8, "sealed_at": AT, "visit": visit | {"id": "v1"},
             "places": [fence], "pings": sealed},
            {"kind": "visit", "seq": 9, "sealed_at": AT, "visit": visit, "places": [fence],
             "pings": sealed},
        ],
        "pings": list(pings),
        "chain": {"head": {"seq": 9, "hash": "e2" * 32}},
        "names": {"agent": "आशा Soto", "branch": "La Serena", "branch_code": "LS",
                  "zone": "America/Santiago", "customers": {"c1": "María González"}},
    }  # fmt: skip


def test_the_same_pack_gives_the_same_bytes_and_a_change_gives_others() -> None:
    pack = a_pack(a_ping(-29.9), a_ping(-29.9002, None))
    once = evidence_pdf(pack, STREETS, [], NOW)
    assert once == evidence_pdf(pack, STREETS, [], NOW)
    assert once != evidence_pdf(a_pack(a_ping(-29.9)), STREETS, [], NOW)
    assert once != evidence_pdf(pack, [], [], NOW)


def test_a_usual_visit_stands_on_one_sheet_with_its_map_and_its_hashes() -> None:
    pings = [a_ping(-29.9 - n * 0.0001) for n in range(9)]
    with PdfDocument(evidence_pdf(a_pack(*pings), STREETS, [], NOW)) as paper:
        assert len(paper) == 1
        told = " ".join(paper[0].get_textpage().get_text_bounded().split())
    assert "María González" in told
    assert "Stayed 9 minutes. long_stay" in told
    assert f"Record of the visit {9}, sealed 2026-11-23 09:07:00 -03" in told


@pytest.mark.parametrize("reasons", range(1, 13))
def test_how_to_check_it_is_not_torn_apart(reasons: int) -> None:
    pack = a_pack()
    pack["records"][-1]["visit"]["reasons"] *= reasons
    pack["records"].insert(2, pack["records"][1])  # a second file
    with PdfDocument(evidence_pdf(pack, STREETS, [], NOW)) as paper:
        told = [sheet.get_textpage().get_text_bounded() for sheet in paper]
    [whole] = [page for page in told if "How to check it" in page]
    assert "Pings sealed" in whole
    assert whole.count("c0" * 4) == 2 * 8
    assert len(told) == 1 + (whole is not told[0])


def test_a_file_has_one_name_among_the_reports_above_its_picture_and_beside_its_hash() -> None:
    pack = a_pack()
    signature = {"device_time": AT, "kind": "signature", "stored_sha256": "c1" * 32}
    pack["records"].insert(2, {"kind": "attachment", "seq": 7, "attachment": signature})
    assert file_titles(pack) == ["File 1: photo", "File 2: signature"]
    image = BytesIO()
    Image.new("RGB", (40, 30), "teal").save(image, "PNG")
    pictures = [Picture(title, image.getvalue()) for title in file_titles(pack)]
    pdf = evidence_pdf(pack, STREETS, pictures, NOW)
    assert b"/Subtype /Image" in pdf
    with PdfDocument(pdf) as paper:
        told = " ".join(" ".join(page.get_textpage().get_text_bounded() for page in paper).split())
    assert told.count("File 1: photo") == told.count("File 2: signature") == 3
    assert f"File 2: signature {'c1' * 4} " in told


def test_a_picture_that_cannot_be_drawn_keeps_no_paper_away() -> None:
    def part(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + kind + data + crc32(kind + data).to_bytes(4, "big")

    header = part(b"IHDR", (8).to_bytes(4, "big") * 2 + b"\x08\x02\0\0\0")
    broken = b"\x89PNG\r\n\x1a\n" + header + part(b"IDAT", b"not packed") + part(b"IEND", b"")
    pdf = evidence_pdf(a_pack(), STREETS, [Picture("File 1: photo", broken)], NOW)
    with PdfDocument(pdf) as paper:
        told = " ".join(" ".join(page.get_textpage().get_text_bounded() for page in paper).split())
    assert "File 1: photo This file is kept as its hash says, and cannot be drawn." in told


@pytest.mark.parametrize(
    ("pings", "around_m"),
    [
        ((), LEAST_AROUND_M),
        ((-29.901,), pytest.approx(126, abs=1)),
        ((-29.95,), MOST_AROUND_M),
    ],
)
def test_the_map_reaches_as_far_as_the_pings_within_reason(
    pings: tuple[float, ...], around_m: Any
) -> None:
    middle, found_m = box_around(a_pack(*map(a_ping, pings)))
    assert middle == (-29.9, -71.25)
    assert found_m == around_m


def test_a_fence_that_is_a_shape_is_drawn_by_its_rings() -> None:
    ring = [[-71.2502, -29.9002], [-71.2498, -29.9002], [-71.25, -29.8998], [-71.2502, -29.9002]]
    round_ = evidence_pdf(a_pack(), STREETS, [], NOW)
    assert evidence_pdf(a_pack(polygon=[ring]), STREETS, [], NOW) != round_


def test_a_visit_of_nobody_and_without_pings_can_be_printed() -> None:
    pack = a_pack()
    for record in pack["records"][2:]:
        record["visit"] |= {"case_ids": []}
        record["places"] = []
    assert evidence_pdf(pack, [], [], NOW).startswith(b"%PDF-")
