"""What customers promised to pay, and by when."""
