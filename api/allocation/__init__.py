"""What allocation managers call."""
