"""Product types: how each trade counts lateness, spreads payments and moves cases, as data."""
