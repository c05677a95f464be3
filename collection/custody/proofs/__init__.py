"""What a bank's statement proves, many at a time."""
