"""An agent's day played again on the map."""
