"""What people say of a day that runs: late, stops early."""
