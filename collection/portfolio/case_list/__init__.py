"""Cases as agents and the office look at them."""
