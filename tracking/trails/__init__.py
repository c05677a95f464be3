"""The way an agent took on a day: in order, without lies, with its stops and gaps."""
