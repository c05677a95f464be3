"""Welcome sheets: on paper, what a newcomer signs in with for the first time."""
