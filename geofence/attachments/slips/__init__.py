"""Pictures of the slips that deposits come with."""
