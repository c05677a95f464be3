"""What is odd about a day: facts that a supervisor can list."""
