"""A sheet of A4 for each newcomer: who they are, a QR code that leads to their first sign-in, and
for an agent one that sets up the phone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import segno

from core.pdf import Paper
from identity.people.first_sign_in import Welcome
from identity.role import Role
from tracking.phone_setup import Reporting, phone_setup

QR_MM = 52.0


@dataclass(frozen=True, slots=True)
class Sheet:
    """What stands on a sheet. `reporting` is how an agent's phone reports, by the branch's
    policies."""

    welcome: Welcome
    reporting: Reporting


def first_sign_in_url(public_url: str, welcome: Welcome) -> str:
    """Where a newcomer chooses a password. What stands behind the ``#`` stays in the browser."""
    told = {"user": welcome.who.username, "code": welcome.code}
    if welcome.device_key:
        told["key"] = welcome.device_key
    return f"{public_url.rstrip('/')}/sign-in#{urlencode(told)}"


def welcome_pdf(sheets: Sequence[Sheet], public_url: str, zone: str, made_at: datetime) -> bytes:
    """The PDF of all sheets, one person each. At least one."""
    paper = Paper.a4("Roundsman: first sign-in", made_at)
    for number, sheet in enumerate(sheets):
        if number:
            paper.new_page()
        _sheet(paper, sheet, public_url, zone)
    return paper.pdf()


def _sheet(paper: Paper, sheet: Sheet, public_url: str, zone: str) -> None:
    welcome = sheet.welcome
    who = welcome.who
    until = welcome.expires_at.astimezone(ZoneInfo(zone))
    paper.heading(who.full_name)
    paper.text(f"{who.branch} · {who.role.replace('_', ' ')}", is_quiet=True)
    paper.space(3)
    paper.facts(
        [
            ("User name", who.username),
            ("Code", _in_groups(welcome.code)),
            ("Good until", f"{until.day} {until:%B %Y, %H:%M} ({zone}), and once"),
            ("Address", f"{public_url.rstrip('/')}/sign-in"),
        ]
    )
    paper.heading("1. Sign in for the first time", 2)
    paper.text(
        "Scan this with the camera of your phone, choose a password of your own and keep it to"
        " yourself. Without a camera: open the address, then “Forgot your password?”, and enter"
        " user name and code."
    )
    paper.picture(qr_png(first_sign_in_url(public_url, welcome)), QR_MM)
    if welcome.device_key and who.device_id and who.role == Role.AGENT:
        setup = phone_setup(
            public_url, who.device_id, who.device or who.username, welcome.device_key,
            sheet.reporting,
        )  # fmt: skip
        paper.heading("2. Let the phone tell where you are", 2)
        paper.text(
            "Install Traccar Client, open its settings, and scan this with its own scanner. It"
            " reports only while you are on duty."
        )
        paper.picture(qr_png(setup.traccar_client.scan), QR_MM)
    paper.text(
        "This sheet opens an account. Give it to nobody else, and destroy it once you have signed"
        " in.",
        is_quiet=True,
    )


def qr_png(text: str) -> bytes:
    """A text as a QR code, black on white with the quiet zone around it."""
    picture = BytesIO()
    segno.make_qr(text, error="m").save(picture, kind="png", scale=4, border=4)
    return picture.getvalue()


def _in_groups(code: str) -> str:
    return " ".join(code[start : start + 4] for start in range(0, len(code), 4))
