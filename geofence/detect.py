"""Detect visits: from one agent's pings to who was visited, when, and how surely.

Whole days are cheap. Still, nothing here looks further than three hours back: pieces are joined
over half an hour at most, a stay weighs on others for one hour, and a phone's speeds are believed
as far as the hour around bears them out. So a window that does not begin within a stay gives, from
three hours after its begin on, the visits of the whole day.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np

from core.geometry import Floats, LatLon, LocalPlane
from geofence.fence import Fence
from geofence.joins import joined
from geofence.ping_window import PingWindow
from geofence.place import (
    ManualCheckIn,
    Places,
    Priors,
    evidence,
    made_during,
    places_of,
    posteriors,
)
from geofence.stays import Stay, find_stays
from geofence.track import Track, track_of
from geofence.verdict import StayEvidence, Verdict, judge_stay

SHORTEST_VISIT_S = 60.0
"""To knock, wait and write a note takes a minute; a walk past a house takes less than that."""

WORTH_TELLING = 0.4
"""A visit is reported from this probability on: the F1 score is best when the threshold is half
of the F1 that can be reached (Lipton et al. 2014), here about 0.8. Below one half it is
reported as `unverified`."""

RETURN_S = 600.0
"""Nobody leaves a customer and comes back within this: of two spots so soon after another that
both look like the same customer's, one was the wait at the corner."""


@dataclass(frozen=True, slots=True)
class DetectedVisit:
    """A stay at one place. Times are whole epoch seconds by the phone's clock, `posterior` is in
    hundredths: what is finer than that is no news.

    `fence_ids` are all fences of the place, ascending; `uncertainty_m` is the 1σ error of
    `position` per axis; an open visit (`closed` false) had not ended by the last ping.
    """

    fence_ids: tuple[UUID, ...]
    began_at: float
    ended_at: float
    closed: bool
    posterior: float
    position: LatLon
    uncertainty_m: float
    pings: int
    verdict: Verdict


def detect(
    pings: PingWindow,
    fences: Sequence[Fence],
    planned: Collection[UUID] = (),
    check_ins: Sequence[ManualCheckIn] = (),
    priors: Priors | None = None,
) -> tuple[DetectedVisit, ...]:
    """The visits that these pings show, in order of time.

    `fences` are those of every customer the agent could visit, planned or not. Their order, and
    the order in which the pings arrived, change nothing.
    """
    if not fences or not len(pings):
        return ()
    priors = priors or Priors()
    drawn = sketch(pings)
    return visits_at(places_of(fences, planned, drawn.plane, priors), drawn, check_ins, priors)


@dataclass(frozen=True, slots=True, eq=False)
class Sketch:
    """What pings show before anybody asks at whose door: the track and its stays, in pieces."""

    plane: LocalPlane
    track: Track
    pieces: tuple[Stay, ...]


def sketch(pings: PingWindow) -> Sketch:
    """The sketch of at least one ping. Without pieces there is no visit, wherever the doors are."""
    plane = _plane(pings)
    track = track_of(pings, plane)
    return Sketch(plane, track, tuple(find_stays(track)))


def visits_at(
    places: Places, drawn: Sketch, check_ins: Sequence[ManualCheckIn], priors: Priors
) -> tuple[DetectedVisit, ...]:
    """The visits of a sketch at these places, which lie on its plane, in order of time."""
    track, plane = drawn.track, drawn.plane
    whole = joined(
        track, list(drawn.pieces), lambda stays: evidence(places, stays, check_ins, priors)
    )
    stays = [stay for stay in whole if stay.dwell_s >= SHORTEST_VISIT_S]
    if not stays:
        return ()
    posterior = posteriors(places, stays, check_ins, priors)
    unvouched = posteriors(places, stays, (), priors) if check_ins else posterior
    best = np.argmax(posterior, axis=1)
    chance = posterior[np.arange(len(stays)), best]
    alone = unvouched[np.arange(len(stays)), best]
    told = _without_echoes(stays, best, np.where(chance >= WORTH_TELLING, chance, 0.0))
    return tuple(
        _visit(
            track, plane, places, stays[row], int(best[row]), float(chance[row]),
            float(alone[row]), check_ins,
        )
        for row in told
    )  # fmt: skip


def _plane(pings: PingWindow) -> LocalPlane:
    """Around the middle of the pings, to a tenth of a degree: a window of a day has the same."""
    return LocalPlane(
        LatLon(round(float(np.median(pings.lat)), 1), round(float(np.median(pings.lon)), 1))
    )


def _without_echoes(stays: Sequence[Stay], best: np.ndarray, chance: Floats) -> list[int]:
    """The rows to report: of two stays at one place in quick succession the likelier."""
    told: list[int] = []
    for row in np.flatnonzero(chance).tolist():
        back_s = stays[row].began_at - stays[told[-1]].ended_at if told else np.inf
        if not told or best[told[-1]] != best[row] or back_s >= RETURN_S:
            told.append(row)
        elif chance[row] > chance[told[-1]]:
            told[-1] = row
    return told


def _visit(
    track: Track,
    plane: LocalPlane,
    places: Places,
    stay: Stay,
    place: int,
    posterior: float,
    unvouched: float,
    check_ins: Sequence[ManualCheckIn],
) -> DetectedVisit:
    spot, ids = stay.spot, places.fence_ids[place]
    claims = [claim.fence_id in ids for claim in check_ins if made_during(claim, stay)]
    evidence = StayEvidence(
        posterior=posterior,
        unvouched=unvouched,
        ends_sure=stay.ends_sure,
        distance_m=places.distance_m(place, spot.x, spot.y),
        uncertainty_m=spot.error_m,
        dwell_s=stay.dwell_s,
        silence_s=stay.silence_s,
        pings=stay.last + 1 - stay.first,
        mock_pings=int(track.mock[stay.first : stay.last + 1].sum()),
        check_in=any(claims) if claims else None,
        own_point=place in places.own,
    )
    lat, lon = plane.latlon(np.array([spot.x]), np.array([spot.y]))
    return DetectedVisit(
        fence_ids=ids,
        began_at=float(round(stay.began_at)),
        ended_at=float(round(stay.ended_at)),
        closed=stay.closed,
        posterior=round(posterior, 2),
        position=LatLon(round(float(lat[0]), 7), round(float(lon[0]), 7)),
        uncertainty_m=round(spot.error_m, 1),
        pings=evidence.pings,
        verdict=judge_stay(evidence),
    )
