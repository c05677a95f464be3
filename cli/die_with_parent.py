"""A pytest plugin: the test processes end with whoever started them, even in mid-test.

``./roundsman test`` names it with ``-p``, and pytest-xdist names it to its workers.
"""

from cli.parent_death import die_with_parent

die_with_parent()
