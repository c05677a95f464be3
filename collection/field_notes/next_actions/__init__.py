"""What comes next on each case, and an alert where nothing does."""
