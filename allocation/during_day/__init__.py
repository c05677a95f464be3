"""Cases that change hands while the day runs."""
