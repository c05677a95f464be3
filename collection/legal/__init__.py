"""What is before a court about a case: hearings, costs, and who is left alone meanwhile."""
