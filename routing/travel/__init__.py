"""Travel times along the streets of a city."""
