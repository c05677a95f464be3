"""Cryptography of what is kept: boxes for backups, a key ring for columns."""
