"""Who works when: the shifts of a branch's agents, seen and set for many at once."""
