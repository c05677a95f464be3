"""What the gate decided, kept for good."""
