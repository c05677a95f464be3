"""The pages of administration: what an administrator looks up and changes."""
