"""What is to be reached in a month, and what collecting cost."""
