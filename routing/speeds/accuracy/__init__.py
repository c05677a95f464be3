"""How well travel times foretold what rides took: by default, and as learned from earlier days."""
