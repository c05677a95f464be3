"""The end of a branch's day: what it came to is kept."""
