"""Languages as people enter them."""


def language_code(entered: str) -> str:
    """What tells languages apart: ``es-CL``, ``ES`` and ``es`` are one."""
    return entered.strip().lower().replace("_", "-").split("-")[0]
