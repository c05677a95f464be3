"""Fences, visits and verdicts: who was where, when, and how sure we are."""
