"""Which root causes weigh most."""
