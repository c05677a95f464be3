"""The rules of branches: their versions, and packs of them."""
