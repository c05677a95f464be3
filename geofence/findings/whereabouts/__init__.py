"""Findings that pings themselves show: where an agent was not, or was twice."""
