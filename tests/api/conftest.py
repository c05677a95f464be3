"""What tests of the API share."""


def bearer(token: str) -> dict[str, str]:
    """The header that a token goes in."""
    return {"Authorization": f"Bearer {token}"}
