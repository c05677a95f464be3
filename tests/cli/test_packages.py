"""What the product is made of, and what is known of that."""

import json

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from cli.advisories import Advisory, NoAdvisories, advisories_in
from cli.sbom import document
from core.settings import ROOT

PYTHON = (ROOT / "requirements.lock").read_text()
JAVASCRIPT = (ROOT / "package-lock.json").read_text()


def test_the_bill_names_every_locked_package_with_its_hashes() -> None:
    bill = json.loads(document(PYTHON, JAVASCRIPT))
    components = {each["purl"]: each for each in bill["components"]}
    pinned = [line.split(" ")[0] for line in PYTHON.splitlines() if "==" in line and line[0] != " "]
    served = [
        path
        for path, told in json.loads(JAVASCRIPT)["packages"].items()
        if path and not told.get("dev")
    ]
    assert len(components) == len(pinned) + len(served)
    for each in pinned:
        name, _, version = each.partition("==")
        assert components[f"pkg:pypi/{name}@{version}"]["hashes"]
    assert components["pkg:npm/leaflet@1.9.4"]["licenses"] == [{"expression": "BSD-2-Clause"}]
    assert not any("axe-core" in purl for purl in components)  # checks the screens, is not served


def test_the_bill_is_valid_and_the_same_each_time() -> None:
    bill = document(PYTHON, JAVASCRIPT)
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(bill) is None
    assert bill == document(PYTHON, JAVASCRIPT)
    assert json.loads(bill)["serialNumber"] != json.loads(document("", JAVASCRIPT))["serialNumber"]


def test_an_advisory_is_told_with_the_versions_that_mend_it() -> None:
    told = {
        "dependencies": [
            {"name": "jinja2", "version": "2.4", "vulns": [
                {"id": "PYSEC-2019-217", "fix_versions": ["2.8.1"], "aliases": []},
                {"id": "GHSA-x", "fix_versions": [], "aliases": []},
            ]},
            {"name": "idb", "version": "1", "vulns": []},
            {"name": "private", "skip_reason": "not found"},
        ],
        "fixes": [],
    }  # fmt: skip
    assert advisories_in(json.dumps(told), "") == [
        Advisory("jinja2", "2.4", "PYSEC-2019-217", ("2.8.1",)),
        Advisory("jinja2", "2.4", "GHSA-x", ()),
    ]


def test_no_answer_is_told_as_such_and_never_as_nothing_found() -> None:
    with pytest.raises(NoAdvisories) as error:
        advisories_in("", "Traceback …\nConnectionError: could not connect\n")
    assert error.value.detail == "nothing was checked (ConnectionError: could not connect)"
