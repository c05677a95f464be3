"""Consent of customers, with its purpose."""
