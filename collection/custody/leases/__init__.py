"""Room in a till that a phone may fill while it is offline."""
