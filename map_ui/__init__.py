"""Screens for supervisors: values in, HTML out. Static files live in ``static/``."""
