"""Which addresses agents can get to, and where those are that nobody has pinned yet."""
