"""Whether agents are at work in their shifts."""
