"""Backup and restore: base backups, every change since, and the files beside the database."""
