"""Enrolled phones after their enrollment: who carries them, new keys, and their end."""
