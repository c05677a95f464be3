"""The served document against what is served: random requests of every role, by schemathesis.

What the document allows, and what it does not, is sent to the product as it runs. No answer may be
a failure of ours, none may differ from what the document says, nobody gets past the access table,
and nothing is told that another branch has.
"""

import os
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest
import requests
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import Case as AnyCase
from schemathesis import GenerationMode, openapi, serializer
from schemathesis.checks import ignored_auth, positive_data_acceptance
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import FailureGroup
from schemathesis.core.parameters import ParameterLocation
from schemathesis.core.result import Ok

from data.session import EVERYTHING, Database
from identity.principal import Role
from tests.api.access_table import ACCESS
from tests.api.conftest import bearer
from tests.api.foreign_rows import NAMED, Elsewhere, a_foreign_branch, settle_elsewhere
from tests.application import document as made_document
from tests.conftest import MONDAY_NINE
from tests.factories import (
    a_branch,
    a_case,
    a_customer_token,
    a_device,
    a_person,
    a_program,
    a_token,
    an_agent,
    branch_code,
)
from tests.served import serving, set_clock

serializer.alias("application/offset+octet-stream", "application/octet-stream")
# Times that are looked at; `test_days.py` tells the others, which the format allows, too.
DAYS = st.dates(date(2026, 11, 1), date(2026, 12, 31)) | st.dates(
    date(1990, 1, 1), date(2100, 1, 1)
)
openapi.format("date", DAYS.map(str))
openapi.format("date-time", DAYS.map(lambda day: f"{day}T12:30:00Z"))
Case = AnyCase[Any]
IS_DEEP = "ROUNDSMAN_DEEP" in os.environ
CASES = {GenerationMode.POSITIVE: 45, GenerationMode.NEGATIVE: 15} if IS_DEEP else {
    GenerationMode.POSITIVE: 2, GenerationMode.NEGATIVE: 1,
}  # fmt: skip
"""Requests to each operation: such as the document allows, and such as it does not."""

NOT_ASKED = {
    ("GET", "/v1/live/events"),  # never ends
    ("POST", "/v1/sign-out"),  # ends the token that all use
}
NOT_CHECKED = [
    # `test_access.py` asks every route without a token, and with an invented one.
    ignored_auth,
    # Much of what is right in form is refused for what is there: a case that is closed, a limit.
    positive_data_acceptance,
]
CONFIG = {
    "generation": {"with-security-parameters": False},
    # No streets are loaded here, and a planner says so with a 503.
    # Uploads in parts refuse another version of their protocol with a 412.
    "checks": {
        "not_a_server_error": {"expected-statuses": ["2xx", "3xx", "4xx", "503"]},
        "negative_data_rejection": {"expected-statuses": ["4xx", "503"]},
    },
}
BEFORE_ROLES = {400, 403, 404, 413}
"""How those are answered who may not call: a body that cannot be read is not read for anybody."""


@dataclass(frozen=True)
class Scene:
    """Where the product answers, who asks, what is there in their own branch (by ``table.column``),
    and what another has."""

    url: str
    tokens: Mapping[Role, str]
    device_key: str
    here: Mapping[str, object]
    there: Elsewhere


@pytest.fixture(scope="module")
async def scene(database: Database, database_url: str, redis_url: str) -> AsyncIterator[Scene]:
    async with database.transaction(EVERYTHING) as session:
        branch = await a_branch(session)
        agent = await an_agent(session, branch)
        case = await a_case(session, branch, agent_id=agent)
        device_id, device_key = await a_device(session, branch)
        staff = {Role.AGENT: agent, Role.INTEGRATION: await a_program(session, branch)}
        for role in set(Role) - {Role.AGENT, Role.INTEGRATION, Role.CUSTOMER}:
            staff[role] = await a_person(session, branch, role)
        tokens = {role: await a_token(session, person) for role, person in staff.items()}
        tokens[Role.CUSTOMER] = await a_customer_token(session, case.customer_id)
        colleague = await an_agent(session, branch, "Camila Reyes")
        here = {
            "account.id": case.account_id, "address.id": case.address_id,
            "agent_profile.agent_id": colleague, "branch.code": await branch_code(session, branch),
            "case_file.id": case.case_id, "customer.id": case.customer_id,
            "device.id": device_id, "staff.id": colleague, "till.agent_id": colleague,
        }  # fmt: skip
        there = await settle_elsewhere(session, await a_foreign_branch(session))
    set_clock(database_url, MONDAY_NINE)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ROUNDSMAN_REQUESTS_PER_MIN_ADDRESS", "0")
        patch.setenv("ROUNDSMAN_REQUESTS_PER_MIN_ACTOR", "0")
        with serving(database_url, redis_url, worker=False) as served:
            yield Scene(served.url, tokens, device_key, here, there)


@dataclass
class Findings:
    """What was asked, how it was answered, and what was wrong with that."""

    answers: Counter[int] = field(default_factory=Counter)
    wrong: dict[str, str] = field(default_factory=dict)

    def note(self, case: Case, status: int, what: str) -> None:
        """Keep the first of each kind, with the command that asks again."""
        line = f"{case.operation.label}: {status}: {what.splitlines()[0]}"
        self.wrong.setdefault(line, f"{what}\n{case.as_curl_command()}")


def test_lists_in_the_document_have_members_of_one_kind() -> None:
    assert "prefixItems" not in str(made_document())


def test_every_answer_is_what_the_document_says(
    scene: Scene, record_property: Callable[[str, object], None]
) -> None:
    document = openapi.from_url(
        f"{scene.url}/openapi.json", config=SchemathesisConfig.from_dict(CONFIG), timeout=120
    )
    findings = Findings()
    with requests.Session() as http:
        for each in document.get_all_operations():
            assert isinstance(each, Ok)
            operation = each.ok()
            if (operation.method.upper(), operation.path) not in NOT_ASKED:
                for mode, count in CASES.items():
                    cases = operation.as_strategy(generation_mode=mode)
                    _ask(scene, http, settings(max_examples=count), cases, findings)
    record_property("answers", dict(findings.answers.most_common()))
    assert findings.answers.total() > (20_000 if IS_DEEP else 900)
    assert not findings.wrong, "\n\n".join(f"{k}\n{v}" for k, v in findings.wrong.items())


def _ask(
    scene: Scene,
    http: requests.Session,
    how_many: settings,
    cases: st.SearchStrategy[Case],
    findings: Findings,
) -> None:
    @settings(
        how_many, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
    )
    @given(cases, st.data())
    def ask(case: Case, data: st.DataObject) -> None:
        route = case.operation.method.upper(), case.operation.path
        allowed = ACCESS[route]
        role, token = None, None
        if isinstance(allowed, str):
            token = scene.device_key
        elif allowed is not None:
            # Most by whose work it is, since the others are refused before anything happens.
            role = data.draw(st.sampled_from(sorted(allowed)) | st.sampled_from(Role))
            token = scene.tokens[role]
        _name_what_is_there(case, scene, data)
        headers = bearer(token) if token else {}
        answer = case.call(base_url=scene.url, session=http, headers=headers, timeout=60)
        findings.answers[answer.status_code] += 1
        try:
            case.validate_response(answer, excluded_checks=NOT_CHECKED)
        except FailureGroup as failures:
            for failure in failures.exceptions:
                findings.note(case, answer.status_code, f"{role}: {failure}")
        if role and allowed and role not in allowed and answer.status_code not in BEFORE_ROLES:
            findings.note(case, answer.status_code, f"{role} got past the access table")
        if f"{scene.there.trace} ".encode() in answer.content:  # as all its texts begin
            findings.note(case, answer.status_code, f"{role} is told of another branch")

    try:
        ask()
    except Unsatisfiable:
        return  # a route that takes nothing can be asked nothing wrong


def _name_what_is_there(case: Case, scene: Scene, data: st.DataObject) -> None:
    """Put ids of rows in place of random ones: mostly of the caller's branch, else of another."""
    meta = case.meta
    assert meta is not None
    match data.draw(st.integers(0, 3)):
        case 0:
            return
        case 1:
            names = {named: scene.there.value(named) for named in _NAMES}
        case _:
            names = {named: str(value) for named, value in scene.here.items()}
    if not meta.is_negative_at(ParameterLocation.PATH):
        said = ""
        for part in case.operation.path.split("/"):
            name = part[1:].partition("}")[0]
            if part.startswith("{") and NAMED.get(said) in names:
                case.path_parameters[name] = names[NAMED[said]]
            said = part
    if not meta.is_negative_at(ParameterLocation.QUERY):
        _fill(case.query, names)
    if not meta.is_negative_at(ParameterLocation.BODY):
        _fill(case.body, names)


_FIELDS = {
    "account_id": "account.id", "agent_id": "agent_profile.agent_id",
    "bank_account_id": "bank_account.id", "branch": "branch.code", "branch_code": "branch.code",
    "case_id": "case_file.id", "check_in_id": "check_in.id", "receipt_id": "receipt.id",
    "staff_id": "staff.id", "to_agent_id": "agent_profile.agent_id",
}  # fmt: skip
"""What fields of bodies and queries name."""
_NAMES = {*NAMED.values(), *_FIELDS.values()}


def _fill(body: Any, names: Mapping[str, str]) -> None:
    if isinstance(body, list):
        for each in body:
            _fill(each, names)
    elif isinstance(body, dict):
        for key, value in body.items():
            if isinstance(value, str) and _FIELDS.get(key) in names:
                body[key] = names[_FIELDS[key]]
            else:
                _fill(value, names)
