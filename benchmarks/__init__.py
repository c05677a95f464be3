"""Measured claims: each module is one of ./roundsman bench."""
