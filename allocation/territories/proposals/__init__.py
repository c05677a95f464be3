"""Territories cut anew from the cases of a branch: balanced, compact and whole on the streets."""
