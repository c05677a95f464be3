"""Installment plans: demands that the product makes itself as they come near."""
