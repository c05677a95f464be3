"""How long cash has been in agents' hands while banks were open, and who keeps it by night."""
