"""In which territory a case lies, by its address's point or else by its pin code."""
