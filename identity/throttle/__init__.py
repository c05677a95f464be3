"""Guessing is slowed down, and keeps nobody else from signing in."""
