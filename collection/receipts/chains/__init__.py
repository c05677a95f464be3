"""Each receipt continues the one before it in its series: what was changed afterwards shows."""
