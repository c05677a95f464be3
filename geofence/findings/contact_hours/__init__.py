"""Visits at times at which contact rules allow none."""
