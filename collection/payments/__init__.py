"""Payments that customers make online, without signing in: links, gateways, what gateways tell."""
