"""What is open: lines that prove nothing yet, and money that no line shows."""
