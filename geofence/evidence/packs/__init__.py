"""Packs and lists of heads, made from what is stored."""
