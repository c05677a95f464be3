"""Cash limits of agents: lowered at once by one person, raised by two."""
