"""Speeds that the trails of our own agents teach: matched, learned, put to use, and judged."""
