"""A browser names the address that we post to, so it must be that of a push service."""

import pytest

from map_ui.push.endpoint import is_allowed, origin

LISTED = ("push.example.com", "https://other.example.com:8443", "http://127.0.0.1:9000",
          "http://plain.example.com")  # fmt: skip


@pytest.mark.parametrize(
    ("endpoint", "allowed"),
    [
        ("https://fcm.googleapis.com/fcm/send/c1:APA91b_x-y", True),
        ("https://updates.push.services.mozilla.com/wpush/v2/gAAAA=", True),
        ("https://eu.push.services.mozilla.com/wpush/v2/x", True),
        ("https://web.push.apple.com/Qx", True),
        ("https://push.apple.com/Qx", False),
        ("https://wns2-par02p.notify.windows.com/w/?token=BQY%3d", True),
        ("https://push.example.com/x", True),
        ("https://other.example.com:8443/x", True),
        ("http://127.0.0.1:9000/x", True),
        # Plain http, other ports, other hosts.
        ("http://fcm.googleapis.com/fcm/send/x", False),
        ("https://fcm.googleapis.com:8443/x", False),
        ("https://push.example.com:444/x", False),
        ("https://other.example.com/x", False),
        ("http://127.0.0.1:9001/x", False),
        ("http://127.0.0.1/x", False),
        ("http://plain.example.com/x", False),
        ("https://127.0.0.1:9000/x", False),
        ("https://169.254.169.254/latest/meta-data", False),
        ("https://[::1]/x", False),
        ("https://localhost/x", False),
        # Hosts that only look known.
        ("https://fcm.googleapis.com.evil.example/x", False),
        ("https://evilnotify.windows.com/x", False),
        ("https://notify.windows.com/x", False),
        ("https://fcm.googleapis.com@evil.example/x", False),
        ("https://evil.example\\@fcm.googleapis.com/x", False),
        ("https://evil.example#@fcm.googleapis.com/x", False),
        ("https://evil.example?@fcm.googleapis.com/x", False),
        ("https://fcm.googleapis.com\\x", False),
        ("https://fcm.googleapis.com/\\x", False),
        ("https://fcm.googleapis.com/a b", False),
        ("https://fcm.googleapis.com/\r\nHost: x", False),
        ("https://FCM.googleapis.com/x", False),  # browsers write hosts in lower case
        ("https://fcm.googleapis.com:99999999/x", False),
        ("ftp://fcm.googleapis.com/x", False),
        ("fcm.googleapis.com/x", False),
        ("https:///x", False),
        ("", False),
        ("https://fcm.googleapis.com/" + "x" * 2000, False),
    ],
)
def test_only_push_services_are_posted_to(endpoint: str, allowed: bool) -> None:
    assert is_allowed(endpoint, LISTED) is allowed


def test_nothing_on_this_machine_is_posted_to_unless_it_is_listed() -> None:
    assert not is_allowed("http://127.0.0.1:9000/x")
    assert not is_allowed("http://127.0.0.1:9000/x", ["127.0.0.1", "127.0.0.1:9000"])


def test_an_origin_is_the_address_without_its_path() -> None:
    assert origin("https://web.push.apple.com/Qx?y") == "https://web.push.apple.com"
    assert origin("http://127.0.0.1:9000/x") == "http://127.0.0.1:9000"
