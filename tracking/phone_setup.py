"""What sets up a GPS app for a device: a link to open on the phone, and the same as a QR code."""

import json
import re
from base64 import b64encode
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import quote, urlencode
from uuid import UUID

import segno

USER = "roundsman"
"""OwnTracks insists on a user name; the device's key, as the password, is what counts."""

FASTEST_S = 30
"""Traccar Client's own lower bound between two positions, unless it is told a smaller one."""


class Accuracy(StrEnum):
    """How hard the phone tries. ``highest`` ignores the interval and costs most of the battery."""

    HIGHEST = "highest"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@dataclass(frozen=True, slots=True)
class Reporting:
    """How often a phone reports: after so many seconds or metres, whichever comes first."""

    interval_s: int = 30
    distance_m: int = 0
    accuracy: Accuracy = Accuracy.HIGH


@dataclass(frozen=True, slots=True)
class AppSetup:
    """A link that sets an app up when it is opened on the phone. `qr_code` (SVG) holds `scan`,
    which the app scans from its own settings."""

    link: str
    scan: str

    @property
    def qr_code(self) -> str:
        """`scan` as an SVG element, with the quiet zone around it."""
        return segno.make_qr(self.scan, error="l").svg_inline(scale=4, light="#fff")


@dataclass(frozen=True, slots=True)
class PhoneSetup:
    """What is needed to set up a phone: by hand, or with one app or the other.

    `page` is the phone's own set-up page; behind the ``#`` the key is not sent to any server.
    """

    server_url: str
    page: str
    traccar_client: AppSetup
    owntracks: AppSetup


def phone_setup(
    public_url: str, device_id: UUID, label: str, key: str, reporting: Reporting
) -> PhoneSetup:
    """How a phone reports to the installation that is reached at `public_url`."""
    home = public_url.rstrip("/")
    server_url = f"{home}/gps"
    configuration = _owntracks_configuration(server_url, device_id, label, key, reporting)
    # Standard base64: the iOS app refuses the URL-safe alphabet.
    inline = b64encode(json.dumps(configuration, separators=(",", ":")).encode()).decode()
    owntracks = f"owntracks:///config?inline={quote(inline, safe='')}"
    return PhoneSetup(
        server_url,
        f"{home}/phone#{key}",
        _traccar_client(server_url, key, reporting),
        AppSetup(owntracks, owntracks),
    )


def _traccar_client(server_url: str, key: str, reporting: Reporting) -> AppSetup:
    settings = urlencode(
        {
            "id": key,
            "interval": reporting.interval_s,
            "fastest_interval": min(reporting.interval_s, FASTEST_S),
            "distance": reporting.distance_m,
            "accuracy": reporting.accuracy.value,
            "buffer": "true",
            # An agent who stands at a door must keep reporting that.
            "stop_detection": "false",
        }
    )
    link = f"org.traccar.client://config?{urlencode({'url': server_url})}&{settings}"
    return AppSetup(link, f"{server_url}?{settings}")


def _owntracks_configuration(
    server_url: str, device_id: UUID, label: str, key: str, reporting: Reporting
) -> dict[str, object]:
    moving = reporting.accuracy is not Accuracy.LOW
    return {
        "_type": "configuration",
        "mode": 3,  # HTTP
        "url": server_url,
        "auth": True,
        "username": USER,
        "password": key,
        "deviceId": str(device_id),
        "tid": re.sub(r"[^A-Za-z0-9]", "", label)[-2:] or "rd",
        "monitoring": 2 if moving else 1,  # move, or significant changes only
        "locatorInterval": reporting.interval_s,
        "moveModeLocatorInterval": reporting.interval_s,
        "locatorDisplacement": reporting.distance_m,
        "ignoreInaccurateLocations": 0,
        # Battery, connection and monitoring mode come with it; newer and older Android apps.
        "extendedData": True,
        "pubExtendedData": True,
        "encryptionKey": "",
        "autostartOnBoot": True,
        "cmd": False,
        "remoteConfiguration": False,
        "allowRemoteLocation": False,
    }
