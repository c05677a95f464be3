"""Cash that goes from one agent to another."""
