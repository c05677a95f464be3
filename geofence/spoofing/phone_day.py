"""What one agent's phones sent of a day, in the one form that the signs rely on."""

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from core.geometry import Floats
from tracking.trails.one_per_instant import one_per_instant

Bools = NDArray[np.bool_]
Ints = NDArray[np.int_]


@dataclass(frozen=True, slots=True, eq=False)
class PhoneDay:
    """Parallel arrays by ping, in any order and with repeats.

    Times are epoch seconds, `t_s` by the phone's clock, `received_s` by ours. What is not a number
    is unknown; `device` numbers the phones. `in_order` gives the form that the signs take.
    """

    t_s: Floats
    received_s: Floats
    lat: Floats
    lon: Floats
    accuracy_m: Floats
    speed_mps: Floats
    heading_deg: Floats
    altitude_m: Floats
    mock: Bools
    device: Ints

    def __len__(self) -> int:
        return len(self.t_s)


def phone_day(
    t_s: Floats,
    lat: Floats,
    lon: Floats,
    *,
    received_s: Floats | None = None,
    accuracy_m: Floats | None = None,
    speed_mps: Floats | None = None,
    heading_deg: Floats | None = None,
    altitude_m: Floats | None = None,
    mock: Bools | None = None,
    device: Ints | None = None,
) -> PhoneDay:
    """A day of which some columns are unknown."""
    unknown = np.full(len(t_s), np.nan)

    def floats(column: Floats | None) -> Floats:
        return unknown if column is None else np.asarray(column, float)

    return PhoneDay(
        t_s=np.asarray(t_s, float),
        received_s=floats(received_s),
        lat=np.asarray(lat, float),
        lon=np.asarray(lon, float),
        accuracy_m=floats(accuracy_m),
        speed_mps=floats(speed_mps),
        heading_deg=floats(heading_deg),
        altitude_m=floats(altitude_m),
        mock=np.zeros(len(t_s), bool) if mock is None else np.asarray(mock, bool),
        device=np.zeros(len(t_s), int) if device is None else np.asarray(device, int),
    )


def in_order(day: PhoneDay) -> PhoneDay:
    """The day by device and time, one ping for each instant of a device.

    Pings without a usable time or position are dropped. Of several at one instant the most
    accurate stays, as in `one_per_instant`; it came when the first of them came, and is a mock one
    if any was. Android's zero for "unknown" becomes that in every attribute.
    """
    sound = np.isfinite(day.t_s) & (np.abs(day.lat) <= 90) & (np.abs(day.lon) <= 180)
    columns = {f.name: getattr(day, f.name)[sound] for f in fields(day)}
    for name in ("accuracy_m", "speed_mps", "heading_deg"):
        columns[name] = np.where(columns[name] > 0, columns[name], np.nan)
    altitude_m = columns["altitude_m"]
    columns["altitude_m"] = np.where(
        (altitude_m != 0) & (altitude_m > LOWEST_LAND_M), altitude_m, np.nan
    )
    parts = [
        _one_device(
            PhoneDay(**{name: c[columns["device"] == number] for name, c in columns.items()})
        )
        for number in np.unique(columns["device"])
    ] or [PhoneDay(**columns)]
    if len(parts) == 1:
        return parts[0]
    return PhoneDay(*(np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(day)))


LOWEST_LAND_M = -450.0
"""The shore of the Dead Sea lies at −430 m; lower altitudes are marks of apps for "unknown"."""


def _one_device(day: PhoneDay) -> PhoneDay:
    more = (day.speed_mps, day.heading_deg, day.altitude_m)
    order, first = one_per_instant(
        day.t_s, day.lat, day.lon, day.accuracy_m, *(np.nan_to_num(c, nan=-1e9) for c in more)
    )
    columns = {f.name: getattr(day, f.name)[order] for f in fields(day)}
    kept = {name: column[first] for name, column in columns.items()}
    if len(first) < len(order):
        kept["received_s"] = np.fmin.reduceat(columns["received_s"], first)
        kept["mock"] = np.logical_or.reduceat(columns["mock"], first)
    return PhoneDay(**kept)
