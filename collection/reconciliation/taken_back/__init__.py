"""Statement files that were taken in by mistake."""
