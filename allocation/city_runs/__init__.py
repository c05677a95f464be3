"""Runs of `allocation.city` that workers share: started, watched, cancelled; each sector a job."""
