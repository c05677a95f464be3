"""Fences around addresses."""
