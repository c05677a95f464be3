"""Demand files that were taken in by mistake."""
