"""Keys of other programs: with permissions of their own, shown once, rotated, ended."""
