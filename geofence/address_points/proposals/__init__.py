"""Better points that confirmed visits propose, and what supervisors made of them."""
