"""Travel times, and the rounds planned with them: every stop says why it is there and when."""
