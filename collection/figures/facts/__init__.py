"""What each day came to: counted from the facts themselves, kept when the day ends."""
