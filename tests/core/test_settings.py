"""What operators may write in the environment."""

import pytest
from pydantic import ValidationError

from core.settings import Settings


@pytest.mark.parametrize(
    ("written", "hosts"),
    [
        ("", ()),
        ("push.example.com", ("push.example.com",)),
        ("a.example, https://b.example:8443,", ("a.example", "https://b.example:8443")),
    ],
)
def test_push_hosts_are_separated_by_commas(
    monkeypatch: pytest.MonkeyPatch, written: str, hosts: tuple[str, ...]
) -> None:
    monkeypatch.setenv("ROUNDSMAN_PUSH_HOSTS", written)
    assert Settings().push_hosts == hosts


@pytest.mark.parametrize("contact", ["ops@example.com", "mailto:ops", "http://example.com", ""])
def test_a_contact_that_push_services_would_refuse_is_refused_at_the_start(
    monkeypatch: pytest.MonkeyPatch, contact: str
) -> None:
    monkeypatch.setenv("ROUNDSMAN_PUSH_CONTACT", contact)
    with pytest.raises(ValidationError, match="push_contact"):
        Settings()
