"""Polygons that supervisors draw or import as the shapes of fences."""
