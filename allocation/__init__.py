"""Who works which case: eligibility, assignment by flow, reassignment, and their audit."""
