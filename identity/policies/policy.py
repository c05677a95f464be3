"""The policies that a branch can set: what each is, what it may be, and what holds without it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from core.errors import InvalidField
from core.money import Money
from core.said import say

AMOUNT = "minor units"
"""The unit of an amount of money, in the branch's currency."""

Value = int | bool | str
"""What a policy is set to, as JSON knows it."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One policy: its sentence, its unit (None for a choice), and what it may be.

    `options` for a choice, `low` and `high` (both allowed) for a number, `pattern` (and the same in
    `words`) for a text, none of them for yes or no.
    """

    meaning: str
    unit: str | None = None
    low: int = 0
    high: int | None = None
    options: tuple[str, ...] = ()
    pattern: str = ""
    words: str = ""
    two_people: bool = False
    """Whether it holds once a second administrator has set the same (the database insists, too)."""

    @property
    def expected(self) -> str:
        """What would be right, for people."""
        if self.options:
            return say("one of {expected}", expected=", ".join(self.options))
        if self.pattern:
            return self.words
        if self.high is None:
            return say("true or false")
        return say(
            "a whole number of {unit} from {low:,} to {high:,}",
            unit=self.unit,
            low=self.low,
            high=self.high,
        )

    def expected_in(self, currency: str) -> str:
        """The same for a branch with a currency, which an amount is told in."""
        if self.unit != AMOUNT or self.high is None:
            return self.expected
        return say(
            "a whole number of minor units, from {low} to {high}",
            low=Money(self.low, currency),
            high=Money(self.high, currency),
        )

    def allows(self, value: object) -> bool:
        """Whether the policy can be set to `value`."""
        if self.options:
            return value in self.options
        if self.pattern:
            return isinstance(value, str) and re.fullmatch(self.pattern, value) is not None
        if self.high is None:
            return isinstance(value, bool)
        # To Python, true is a whole number.
        is_whole = isinstance(value, int) and not isinstance(value, bool)
        return is_whole and self.low <= value <= self.high  # type: ignore[operator]


def _number(default: int, unit: str, low: int, high: int, meaning: str) -> int:
    rule = Rule(meaning, unit, low, high)
    number: int = field(default=default, metadata={"rule": rule})
    return number


def _switch(default: bool, meaning: str) -> bool:
    switch: bool = field(default=default, metadata={"rule": Rule(meaning)})
    return switch


def _choice(default: str, options: tuple[str, ...], meaning: str) -> str:
    choice: str = field(default=default, metadata={"rule": Rule(meaning, options=options)})
    return choice


def _text(pattern: str, words: str, meaning: str, *, two_people: bool = False) -> str:
    rule = Rule(meaning, pattern=pattern, words=words, two_people=two_people)
    text: str = field(default="", metadata={"rule": rule})
    return text


@dataclass(frozen=True, slots=True)
class Policies:
    """What holds for a branch. Made without arguments: what holds where nobody has set anything."""

    ping_retention_days: int = _number(
        90, "days", 1, 3650, "How long pings are kept in the database, from the end of their day."
    )
    message_retention_days: int = _number(
        365, "days", 1, 3650,
        "How long the number and the text of a message are kept, from when it was settled.",
    )  # fmt: skip
    contact_retention_days: int = _number(
        365, "days", 1, 3650,
        "How long an added number or e-mail address is kept once it was said to be none any more.",
    )  # fmt: skip
    import_report_retention_days: int = _number(
        90, "days", 1, 3650,
        "How long what was wrong with a demand file's rows is kept, with what stood in them.",
    )  # fmt: skip
    alert_retention_days: int = _number(
        365, "days", 1, 3650, "How long the details of an alert are kept, from when it was cleared."
    )  # fmt: skip
    ping_archive: bool = _switch(
        True, "Whether pings are written to the archive before they leave the database."
    )
    duty_grace_min: int = _number(
        30, "minutes", 0, 240,
        "How long before and after a shift the pings of a signed-on phone are still stored.",
    )  # fmt: skip
    agent_tokens_bound: bool = _switch(
        False, "Whether an agent's sign-in opens nothing unless it is bound to the phone's own key."
    )
    stale_after_min: int = _number(
        10, "minutes", 1, 240, "How long an agent on duty may be silent before the map says so."
    )
    battery_low_pct: int = _number(
        15, "percent", 0, 100, "At which charge a phone counts as nearly empty."
    )
    push_after_s: int = _number(
        60, "seconds", 0, 3600,
        "How long an alert may stay unacknowledged before browsers whose page is closed are told.",
    )  # fmt: skip
    ping_interval_s: int = _number(30, "seconds", 1, 3600, "How often a phone takes its position.")
    ping_distance_m: int = _number(
        0, "metres", 0, 10_000, "How far a phone must have moved before it takes another one."
    )
    ping_accuracy: str = _choice(
        "high", ("highest", "high", "medium", "low"),
        "How exact the phone's positions should be; less exact ones spare its battery.",
    )  # fmt: skip
    missing_after_min: int = _number(
        0, "minutes", 0, 240,
        "How long after a shift begins an agent who has not signed on is missing; 0 for never.",
    )  # fmt: skip
    missing_stand_in: bool = _switch(
        False, "Whether neighbors make the visits of a missing agent at once, or somebody is asked."
    )
    collector_class: str = _choice(
        "unknown", ("unknown", "bank", "nbfc", "mfi", "third_party"),
        "What the branch is to contact rules; while it is unknown, rules for any of them hold.",
    )  # fmt: skip
    learn_speeds: bool = _switch(
        True, "Whether the ways of the branch's agents teach how fast streets are."
    )
    allocation_language: bool = _switch(
        True, "Whether an agent must speak the customer's language, where both are known."
    )
    allocation_disturbance_min: int = _number(
        15, "minutes", 0, 600,
        "How much travel a change of agent must save before a customer is given another one.",
    )  # fmt: skip
    allocation_continuity_min: int = _number(
        10, "minutes", 0, 600,
        "How much travel it is worth that a customer meets the agent who knows them best.",
    )  # fmt: skip
    allocation_continuity_months: int = _number(
        6, "months", 1, 60, "How long an agent is taken to know a customer after a visit."
    )
    allocation_fairness_min: int = _number(
        10, "minutes", 0, 600,
        "How much travel it is worth that an agent's cases promise the fair amount, not 20 % off.",
    )  # fmt: skip
    allocation_territory_min: int = _number(
        0, "minutes", 0, 600,
        "How much travel it is worth that a case is with an agent who works its territory.",
    )  # fmt: skip
    allocation_territory_strict: bool = _switch(
        False, "Whether a case in a territory is for the agents who work it and nobody else."
    )
    allocation_overload_visits: int = _number(
        1, "visits", 0, 10, "How many visits an agent may be given above the work wanted."
    )
    branch_phone: str = _text(
        r"(\+?[0-9]{3,15})?",
        "a telephone number of 3 to 15 digits, with or without a + before, or nothing",
        "The number that agents call the branch by from their app; without it the app offers no"
        " call.",
    )
    promise_max_days: int = _number(
        30, "days", 0, 365,
        "How far ahead a promise may be; what comes later is a new plan, not a promise.",
    )  # fmt: skip
    promise_min_pct: int = _number(
        0, "percent", 0, 100, "The least share of what is overdue that a promise must be for."
    )
    promise_most: int = _number(
        10, "promises", 1, 100, "How many promises may be made on an account within 90 days."
    )
    promise_grace_days: int = _number(
        0, "days", 0, 30, "How many days after its date a promise may still be kept."
    )
    limit_refresh_on: str = _choice(
        "posted", ("posted", "acknowledged", "reconciled"),
        "When a deposit frees the cash limit: as it is posted; once counted, at a bank with its"
        " slip; or once counted, at a bank on its statement.",
    )  # fmt: skip
    in_transit_cap_pct: int = _number(
        200, "percent", 0, 10_000,
        "How much of the cash limit may be handed over and not proven; deposits above that free the"
        " limit only once they are.",
    )  # fmt: skip
    offline_lease_h: int = _number(
        14, "hours", 1, 168, "How long a phone may take cash offline within what it has leased."
    )
    holiday_dues: str = _choice(
        "advance", ("advance", "shift"),
        "What becomes of what falls due on a holiday: it is asked for on the working day before, or"
        " on the next one; it is late after that in either case.",
    )  # fmt: skip
    center_group_image: bool = _switch(
        False, "Whether the sheet of a center's meeting needs a picture of the group."
    )
    customer_form: bool = _switch(
        False, "Whether each customer's Customer Authorization Form is to be on file."
    )
    close_cured_cases: bool = _switch(
        True, "Whether a case of which nothing is overdue any more closes as a day begins."
    )
    legal_proceeding: str = _choice(
        "asked", ("required", "asked", "off"),
        "Whether a case goes to the stage legal only with a proceeding on record, may go without"
        " and an alert says so, or that is not looked at.",
    )  # fmt: skip
    cash_age_limit_h: int = _number(
        16, "banking hours", 0, 720,
        "How long an agent may hold cash while counters are open; 0 is for ever.",
    )  # fmt: skip
    receipt_cause: str = _choice(
        "asked", ("required", "asked", "off"),
        "Whether who takes another amount than is due must say why, is asked to, or is not.",
    )  # fmt: skip
    receipt_message: str = _choice(
        "off", ("off", "sms", "whatsapp", "email"), "How customers are sent a link to each receipt."
    )
    promise_message: str = _choice(
        "off", ("off", "sms", "whatsapp", "email"),
        "How customers are reminded of what they promised: the day before, on the day, and once"
        " when it was not kept.",
    )  # fmt: skip
    receipt_link_days: int = _number(
        90, "days", 1, 3650, "How long the link to a receipt shows it."
    )
    cash_code: bool = _switch(
        False, "Whether customers get a code in the morning that whoever takes their cash must ask."
    )
    payment_link_h: int = _number(
        72, "hours", 1, 720, "How long a payment link can be paid with, where nothing else is said."
    )
    plan_rounds_at: str = _text(
        r"(([01][0-9]|2[0-3]):[0-5][0-9])?", "a time of day such as 06:30, or nothing",
        "When a day's cases are allocated and its rounds planned by themselves, by the branch's"
        " clock; without it somebody asks for it.",
    )  # fmt: skip
    upi_payee_vpa: str = _text(
        r"([a-zA-Z0-9.\-]{2,256}@[a-zA-Z][a-zA-Z0-9]{1,63})?",
        "a UPI address, such as lender@bank, or nothing",
        "The UPI address that customers pay to; without it there are no UPI links.",
        two_people=True,
    )
    upi_payee_name: str = _text(
        r"[^\x00-\x1f]{0,99}", "a name of at most 99 characters",
        "The payee's name in UPI links; without it the branch's name.",
    )  # fmt: skip
    product_type: str = _text(
        r"([a-z][a-z0-9_]{0,39})?", "the code of a product type, such as group_loan, or nothing",
        "What accounts are whose product's code no product type knows; without it individual_loan.",
    )  # fmt: skip
    cash_per_payer_below: int = _number(
        0, AMOUNT, 0, 10**12,
        "What one payer hands over in cash on one day, over all accounts and agents, stays below"
        " this; 0 is no limit.",
    )  # fmt: skip
    conveyance_per_km: int = _number(
        0, AMOUNT, 0, 10**9,
        "What an agent is paid for each kilometer that the trail proves; 0 is nothing.",
    )  # fmt: skip


RULES: Mapping[str, Rule] = {f.name: f.metadata["rule"] for f in fields(Policies)}
"""Every policy by its key, in the order in which they are shown."""

DEFAULTS: Mapping[str, Value] = {f.name: getattr(Policies(), f.name) for f in fields(Policies)}


def known(key: str) -> str:
    """`key`, if there is such a policy. Raises `InvalidField`."""
    if key not in RULES:
        raise InvalidField("key", say("one of {rules}", rules=", ".join(RULES)))
    return key


def checked(key: str, value: Any, currency: str) -> Value:
    """What a policy is to be set to at a branch with a currency. Raises `InvalidField` that names
    it and says what is right."""
    rule = RULES[known(key)]
    if not rule.allows(value):
        raise InvalidField(key, rule.expected_in(currency))
    allowed: Value = value
    return allowed
