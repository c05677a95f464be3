"""What is added to the source's record of a customer, and never put in its place."""
