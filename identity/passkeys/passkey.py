"""Passkeys as values, and what a browser must be asked and must have answered.

The one home of py_webauthn. Each sign-in has the authenticator verify its user (a fingerprint, a
PIN), so a passkey is both factors by itself.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import webauthn
from webauthn.helpers import base64url_to_bytes, parse_client_data_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from core.errors import InvalidField
from core.said import say


@dataclass(frozen=True, slots=True)
class Site:
    """Whose passkeys they are: the host name that browsers know (`id`), and the origin."""

    id: str
    origin: str


@dataclass(frozen=True, slots=True)
class Passkey:
    """A key of somebody's, with its public half."""

    id: UUID
    staff_id: UUID
    credential_id: bytes
    public_key: bytes
    sign_count: int


@dataclass(frozen=True, slots=True)
class PasskeyLine:
    """A key as its owner sees it."""

    id: UUID
    name: str
    added_at: datetime
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Asked:
    """What a browser is asked, as JSON, and the challenge that its answer must hold."""

    options: dict[str, Any]
    challenge: bytes


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key that an authenticator has made."""

    credential_id: bytes
    public_key: bytes
    sign_count: int


def ask_for_new(
    site: Site, staff_id: UUID, username: str, name: str, known: Sequence[bytes]
) -> Asked:
    """Ask a browser to have a key made; not by an authenticator that has one of the `known`."""
    options = webauthn.generate_registration_options(
        rp_id=site.id,
        rp_name="Roundsman",
        user_id=staff_id.bytes,
        user_name=username,
        user_display_name=name,
        exclude_credentials=[PublicKeyCredentialDescriptor(id=each) for each in known],
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
    )
    return Asked(json.loads(webauthn.options_to_json(options)), options.challenge)


def ask_for_known(site: Site) -> Asked:
    """Ask a browser for any key of this site, without saying whose."""
    options = webauthn.generate_authentication_options(
        rp_id=site.id, user_verification=UserVerificationRequirement.REQUIRED
    )
    return Asked(json.loads(webauthn.options_to_json(options)), options.challenge)


def challenge_in(credential: dict[str, Any]) -> bytes:
    """The challenge that a browser's answer holds. Raises `InvalidField`."""
    try:
        told = base64url_to_bytes(credential["response"]["clientDataJSON"])
        return parse_client_data_json(told).challenge
    except (KeyError, TypeError, ValueError, WebAuthnException) as error:
        raise _unusable() from error


def credential_id_in(credential: dict[str, Any]) -> bytes:
    """Which key a browser's answer was made with. Raises `InvalidField`."""
    try:
        return base64url_to_bytes(credential["rawId"])
    except (KeyError, TypeError, ValueError) as error:
        raise _unusable() from error


def check_new(site: Site, challenge: bytes, credential: dict[str, Any]) -> NewKey:
    """The key that was made. Raises `InvalidField` for an answer that is not to what was asked."""
    try:
        made = webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=site.id,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except (KeyError, TypeError, ValueError, WebAuthnException) as error:
        raise _unusable() from error
    return NewKey(made.credential_id, made.credential_public_key, made.sign_count)


def check_known(site: Site, challenge: bytes, key: Passkey, credential: dict[str, Any]) -> int:
    """The key's new count of uses. Raises `InvalidField` for an answer that is not the key's, and
    for a count that went back, as a copied key's does."""
    try:
        shown = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=site.id,
            expected_origin=site.origin,
            credential_public_key=key.public_key,
            credential_current_sign_count=key.sign_count,
            require_user_verification=True,
        )
    except (KeyError, TypeError, ValueError, WebAuthnException) as error:
        raise _unusable() from error
    return shown.new_sign_count


def _unusable() -> InvalidField:
    return InvalidField("credential", say("the browser's answer to what was asked last, as JSON"))
