"""Every table, one module per domain folder. Only stores import from here."""

from data.columns import Base
from data.tables import (
    absence,
    address_points,
    allocation,
    cash_desk,
    cash_field,
    collection,
    contact_rules,
    contacts,
    custody,
    evidence,
    geofence,
    identity,
    platform,
    proposals,
    reconciliation,
    routing,
    speeds,
    streets,
    suspicion,
    territories,
    tracking,
    underway,
)

metadata = Base.metadata

__all__ = [
    "absence", "address_points", "allocation", "cash_desk", "cash_field", "collection",
    "contact_rules", "contacts", "custody", "evidence", "geofence", "identity", "metadata",
    "platform", "proposals", "reconciliation", "routing", "speeds", "streets", "suspicion",
    "territories", "tracking", "underway",
]  # fmt: skip
