"""What happened to a case between what a phone knew of it and what it sent."""
