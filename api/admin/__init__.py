"""What administrators call: branches, people, devices, demand files."""
