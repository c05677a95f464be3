"""The lists of values that dispositions and causes are chosen from, in versions."""
