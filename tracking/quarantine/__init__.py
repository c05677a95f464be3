"""What devices sent and nobody could use: looked at, tried again, or dismissed."""
