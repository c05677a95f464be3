"""When agents work."""
