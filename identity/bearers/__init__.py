"""Who may sign in, and who bears a token."""
