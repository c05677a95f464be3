"""People, roles, branches, devices: who someone is and what they may see."""
