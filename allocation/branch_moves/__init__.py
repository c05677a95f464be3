"""Somebody goes to work for another branch: what they have is cleared, who they are goes along."""
