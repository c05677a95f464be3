"""What agents call from their phones."""
