"""What supervisors call: the live map, rounds, visits, alerts."""
