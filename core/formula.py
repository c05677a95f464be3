"""Texts that a spreadsheet would run: files of ours are opened in one, and people type what is in
them.

What a spreadsheet takes for a formula is told by how a cell begins (OWASP, *CSV Injection*); the
full-width signs are read like the others where people write Japanese or Chinese.
"""

_BEGINS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def harmless(text: str) -> str:
    """`text`, led by an apostrophe where a spreadsheet might take it for a formula."""
    return f"'{text}" if text.startswith(_BEGINS) else text


def as_written(text: str) -> str:
    """What `harmless` was given, of what it answered."""
    return text[1:] if text.startswith("'") and text[1:].startswith(_BEGINS) else text
