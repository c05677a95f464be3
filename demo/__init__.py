"""A demonstration: an invented lender's portfolio on real streets, and phones that walk a day.

Everything here speaks the public HTTP API, as a real phone or office would.
"""
