"""A round: the problem, the search for a plan, its audit and its reasons; all without I/O."""
