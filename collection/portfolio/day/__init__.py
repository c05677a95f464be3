"""The beginning of a branch's day: what the days that passed have made of its cases."""
