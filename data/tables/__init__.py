"""Every table, one module per domain folder. Only stores import from here."""

from data.columns import Base
from data.tables import (
    absence,
    access,
    address_points,
    allocation,
    arrears,
    audit,
    cash_desk,
    cash_field,
    centers,
    collection,
    contact_rules,
    contacts,
    custody,
    enrollment,
    evidence,
    exports,
    field_notes,
    figures,
    geofence,
    identity,
    intake,
    legal,
    messages,
    payments,
    platform,
    privacy,
    products,
    proposals,
    reconciliation,
    routing,
    speeds,
    stages,
    streets,
    suspicion,
    territories,
    tracking,
    underway,
)

metadata = Base.metadata

__all__ = [
    "absence", "access", "address_points", "allocation", "arrears", "audit", "cash_desk",
    "cash_field", "centers", "collection", "contact_rules", "contacts", "custody", "enrollment",
    "evidence", "exports", "field_notes", "figures", "geofence", "identity", "intake", "legal",
    "messages", "metadata", "payments", "platform", "privacy", "products", "proposals",
    "reconciliation", "routing", "speeds", "stages", "streets", "suspicion", "territories",
    "tracking", "underway",
]  # fmt: skip
