"""Days on which a branch is closed: what its calendars say, and what was declared."""
