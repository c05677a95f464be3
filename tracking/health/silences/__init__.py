"""Silences of agents on duty, as they are kept."""
