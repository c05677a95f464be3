"""Signs that a day of pings was made up, each with its figures and how rare it is if honest."""
