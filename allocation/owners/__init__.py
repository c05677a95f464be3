"""Owners changed by people: moves now and later, pins, and the history of a case."""
