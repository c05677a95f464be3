"""When a visit may take place on one day."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ContactHours:
    """When a contact may take place on a day; half-open, in order, not touching.

    `windows` are seconds since the local midnight of the case's branch, as real time passes: on a
    day when the clocks change they differ from the clock's face. Without windows `barred` says in
    words why not, with the rule's source; otherwise it is None.
    """

    windows: tuple[tuple[int, int], ...]
    barred: str | None = None
