"""Where addresses turn out to be: points that visits propose and supervisors accept."""
