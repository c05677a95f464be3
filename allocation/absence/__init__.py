"""Agents who drop out of a day: who makes their visits, and what goes back."""
