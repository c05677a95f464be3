"""Many people enrolled at once, from a file."""
