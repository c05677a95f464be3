"""What is noted of contacts: dispositions in codes, what comes next, why less was paid."""
