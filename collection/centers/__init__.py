"""Centers: groups of customers who meet and pay together, and the sheets of their meetings."""
