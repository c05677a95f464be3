"""Arrears that reliable customers pay in parts: who is offered that, and the plans."""
