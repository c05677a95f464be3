"""How late, how much and how urgent cases are, many at once."""
