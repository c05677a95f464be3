"""Every table, one module per domain folder. Only stores import from here."""

from data.columns import Base
from data.tables import (
    access,
    address_points,
    allocation,
    audit,
    collection,
    contact_rules,
    contacts,
    custody,
    evidence,
    geofence,
    identity,
    platform,
    routing,
    speeds,
    streets,
    suspicion,
    tracking,
    underway,
)

metadata = Base.metadata

__all__ = [
    "access", "address_points", "allocation", "audit", "collection", "contact_rules", "contacts",
    "custody", "evidence", "geofence", "identity", "metadata", "platform", "routing", "speeds",
    "streets", "suspicion", "tracking", "underway",
]  # fmt: skip
