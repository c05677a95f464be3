"""The demonstration's lender: branches, staff and a demand file, invented on a city's streets."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from core.geometry import LatLon, distance_m
from demo.names import full_names
from streets.addresses import Address, address_book, sample_addresses
from streets.graph import StreetGraph

ZONE, COUNTRY, CURRENCY = "America/Santiago", "CL", "CLP"
PASSWORD = "roundsman-demo"  # noqa: S105 - printed on the screen, for a database of invented people

BRANCHES = (
    ("LS", "La Serena", LatLon(-29.9045, -71.2489)),
    ("CQ", "Coquimbo", LatLon(-29.9570, -71.3390)),
)
"""The two towns' main squares, after OpenStreetMap."""

CASH_LIMITS = (150_000, 300_000, 450_000, 600_000, 750_000, 900_000)
"""Newcomers carry less: a limit is reached on most days by somebody."""

DPD_SHARES = ((0, 0.10), (1, 0.30), (31, 0.25), (61, 0.20), (91, 0.15))
"""First day of a bucket, and its share of the cases."""

PRODUCTS = {"CONSUMO": "individual_loan", "MICRO": "group_loan", "AUTO": "vehicle_loan"}
"""The lender's codes, and the product types that they mean."""

COLUMNS = (
    "branch_code", "customer_id", "customer_name", "mobile", "address", "locality", "lat", "lon",
    "loan_account_no", "product_code", "currency", "emi_amount", "installment_no", "due_date",
    "principal_due", "interest_due", "charges_due", "penal_due", "total_due", "pos", "language",
    "preferred_from", "preferred_to", "promise_due_date", "promise_amount",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class DemoAgent:
    """An agent of the demonstration."""

    username: str
    full_name: str
    branch_code: str
    home: LatLon
    phone: str
    cash_limit_minor: int


@dataclass(frozen=True, slots=True)
class Portfolio:
    """People to employ, and the demand file as bytes and as the rows that it was made of."""

    agents: tuple[DemoAgent, ...]
    demand_file: bytes
    rows: tuple[dict[str, str], ...]

    @property
    def cases(self) -> int:
        """How many cases the file has."""
        return len(self.rows)


def portfolio(
    graph: StreetGraph, day: date, seed: int = 1, agents: int = 12, cases: int = 600
) -> Portfolio:
    """Invent a portfolio whose addresses are doors of `graph`; the same seed, the same one.

    Customers live in clusters of streets (two thirds) and all over town (one third).
    """
    rng = np.random.default_rng(seed)
    homes = _doors(graph, agents * 40, rng)
    people = _agents(homes, agents, rng)
    addresses = _doors(graph, cases * 12, rng)
    chosen = _clustered(addresses, [agent.home for agent in people], cases, rng)
    rows = [_row(number, address, day, rng) for number, address in enumerate(chosen, 1)]
    for row, name in zip(rows, full_names(cases, rng), strict=True):
        row["customer_name"] = name
    return Portfolio(tuple(people), _csv(rows), tuple(rows))


def _doors(graph: StreetGraph, count: int, rng: np.random.Generator) -> list[Address]:
    book = address_book(graph)
    streets, numbers = sample_addresses(graph, count, rng)
    return [
        book.address(int(street), int(number))
        for street, number in zip(streets, numbers, strict=True)
    ]


def _branch_near(position: LatLon) -> str:
    return min(BRANCHES, key=lambda branch: distance_m(branch[2], position))[0]


def _agents(homes: Sequence[Address], count: int, rng: np.random.Generator) -> list[DemoAgent]:
    agents = []
    names = full_names(count, rng)
    for number in range(count):
        code, _, center = BRANCHES[number % len(BRANCHES)]
        near = [h for h in homes if _branch_near(h.position) == code]
        near.sort(key=lambda home: distance_m(home.position, center))
        home = near[int(rng.integers(0, max(1, len(near) // 2)))]
        agents.append(
            DemoAgent(
                username=f"agent{number + 1:02d}",
                full_name=names[number],
                branch_code=code,
                home=home.position,
                phone=f"+569{rng.integers(10_000_000, 99_999_999)}",
                cash_limit_minor=CASH_LIMITS[(number // len(BRANCHES)) % len(CASH_LIMITS)],
            )
        )
    return agents


def _clustered(
    addresses: Sequence[Address],
    centers: Sequence[LatLon],
    count: int,
    rng: np.random.Generator,
) -> list[Address]:
    """Two thirds near a cluster's center (normal, 800 m), the rest anywhere."""
    nearest = np.array([min(distance_m(a.position, c) for c in centers) for a in addresses])
    weight = np.exp(-0.5 * (nearest / 800) ** 2)
    third = count // 3
    clustered = rng.choice(len(addresses), count - third, replace=False, p=weight / weight.sum())
    rest = np.setdiff1d(np.arange(len(addresses)), clustered)
    anywhere = rng.choice(rest, third, replace=False)
    return [addresses[i] for i in np.concatenate([clustered, anywhere]).tolist()]


def _row(number: int, address: Address, day: date, rng: np.random.Generator) -> dict[str, str]:
    first_day = int(rng.choice([d for d, _ in DPD_SHARES], p=[p for _, p in DPD_SHARES]))
    dpd = 0 if first_day == 0 else first_day + int(rng.integers(0, 30))
    emi = int(round(rng.lognormal(np.log(55_000), 0.5), -3))
    installments = 1 + dpd // 30
    principal = round(emi * 0.8) * installments
    interest = emi * installments - principal
    penal = int(round(emi * installments * 0.0005 * dpd, -1))
    row = {
        "branch_code": _branch_near(address.position),
        "customer_id": f"C{number:05d}",
        "mobile": f"+569{rng.integers(10_000_000, 99_999_999)}",
        "address": f"{address.street} {address.number}",
        "locality": address.locality,
        "lat": f"{address.position.lat:.6f}",
        "lon": f"{address.position.lon:.6f}",
        "loan_account_no": f"{20_000_000 + number}",
        "product_code": str(rng.choice(list(PRODUCTS), p=[0.5, 0.4, 0.1])),
        "currency": CURRENCY,
        "emi_amount": str(emi),
        "installment_no": str(int(rng.integers(2, 30))),
        "due_date": (day - timedelta(days=dpd)).isoformat(),
        "principal_due": str(principal),
        "interest_due": str(interest),
        "charges_due": "0",
        "penal_due": str(penal),
        "total_due": str(principal + interest + penal),
        "pos": str(emi * int(rng.integers(3, 24)) + principal),
        "language": "es",
    }
    # One address in eight is only known by street and number: it must be geocoded.
    if rng.random() < 0.125:
        row["lat"] = row["lon"] = ""
    if rng.random() < 0.25:
        begin = int(rng.integers(9, 17))
        row |= {"preferred_from": f"{begin:02d}:00", "preferred_to": f"{begin + 2:02d}:00"}
    if dpd and rng.random() < 0.08:
        row |= {"promise_due_date": day.isoformat(), "promise_amount": str(emi)}
    return row


def _csv(rows: Sequence[dict[str, str]]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    total = sum(int(row["total_due"]) for row in rows)
    text.write(f"#TRAILER,{len(rows)},{total}\n")
    return text.getvalue().encode()
