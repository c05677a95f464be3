"""Calls for help, as they are kept."""
