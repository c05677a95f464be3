"""The HTTP edge: one sub-package per audience. Nothing below here knows HTTP."""
