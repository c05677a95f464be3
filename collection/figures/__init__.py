"""Figures of the work (MIS), each defined once: by day, week, month, branch, agent, product."""
