"""What supervisors order for a case: visit it, leave it, keep its time."""
