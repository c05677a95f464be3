"""What the cash desk calls."""
