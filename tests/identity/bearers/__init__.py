"""Bearers of tokens."""
