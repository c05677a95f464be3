"""Rounds underway that take over the visits of an agent who dropped out."""
