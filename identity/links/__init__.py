"""Addresses that need no sign-in: nobody can guess them, and they say what they lead to."""
