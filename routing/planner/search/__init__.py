"""The compiled search of rounds: plain arrays in, orders out. numba lives here and nowhere else."""
