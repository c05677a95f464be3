"""Passkeys: people sign in with a key that their phone or computer keeps (WebAuthn)."""
