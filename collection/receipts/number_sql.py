"""How SQL tells a receipt's number."""

FULL_NUMBER = "q.prefix || '-' || lpad(r.number::text, greatest(6, length(r.number::text)), '0')"
"""As `Number.text` has it, of a ``receipt r`` and its ``receipt_series q``."""
