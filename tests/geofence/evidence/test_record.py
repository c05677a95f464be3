"""What a record holds of the fences of a visit."""

from uuid import UUID

from geofence.evidence.record import Span, visit_body
from geofence.fence import Fence
from tests.conftest import MONDAY_NINE
from tests.geofence.shapes.outlines import HERE, box, drawn, ring

SPAN = Span(UUID(int=3), MONDAY_NINE, MONDAY_NINE)


def test_the_outline_of_premises_is_sealed_with_the_visit() -> None:
    circle, market = Fence(UUID(int=1), HERE, 50), Fence(UUID(int=2), HERE, 50, drawn(box(90, 60)))
    places = visit_body({}, None, [(circle, True), (market, False)], SPAN, [], [])["places"]
    assert "polygon" not in places[0]
    ((outer,),) = [places[1]["polygon"]]
    assert sorted(map(tuple, outer)) == sorted(ring(box(90, 60)))
