"""Agents whose visits wait to be brought up to date, and doing it for many of them at once."""
