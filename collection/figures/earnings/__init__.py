"""What an agent's days are worth to that agent."""
