"""``./roundsman sbom FILE``: what the product is made of, as a CycloneDX 1.6 document.

It is read from the lock files, so it tells of what is installed, with the hashes that are checked,
and the same lock files give the same document.
"""

import base64
import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer
from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom, BomMetaData
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.license import LicenseExpression
from cyclonedx.output import make_outputter
from cyclonedx.schema import OutputFormat, SchemaVersion
from packageurl import PackageURL

from core.settings import ROOT

PINNED = re.compile(r"^([a-z0-9._-]+)==([^\s;\\]+)(.*?)(?=^[a-z0-9]|\Z)", re.MULTILINE | re.DOTALL)
SHA256 = re.compile(r"--hash=sha256:([0-9a-f]{64})")
NPM_HASHES = {"sha512": HashAlgorithm.SHA_512, "sha1": HashAlgorithm.SHA_1}


def of_python(lock: str) -> Iterator[Component]:
    """The packages of a ``requirements.lock``. A package has a hash for each of its files."""
    for name, version, rest in PINNED.findall(lock):
        yield Component(
            type=ComponentType.LIBRARY,
            name=name,
            version=version,
            bom_ref=f"pkg:pypi/{name}@{version}",
            purl=PackageURL("pypi", None, name, version),
            hashes=[HashType(alg=HashAlgorithm.SHA_256, content=h) for h in SHA256.findall(rest)],
        )


def of_javascript(lock: str) -> Iterator[Component]:
    """The packages of a ``package-lock.json`` that the screens are served with."""
    for path, told in json.loads(lock)["packages"].items():
        if not path or told.get("dev"):
            continue
        full_name = path.rsplit("node_modules/", 1)[1]
        group, _, name = full_name.rpartition("/")
        algorithm, _, digest = told["integrity"].partition("-")
        purl = PackageURL("npm", group or None, name, told["version"])
        yield Component(
            type=ComponentType.LIBRARY,
            group=group or None,
            name=name,
            version=told["version"],
            bom_ref=purl.to_string(),
            purl=purl,
            licenses=[LicenseExpression(told["license"])] if "license" in told else None,
            hashes=[HashType(alg=NPM_HASHES[algorithm], content=base64.b64decode(digest).hex())],
        )


def document(python_lock: str, javascript_lock: str) -> str:
    """The bill of materials as JSON."""
    product = Component(type=ComponentType.APPLICATION, name="roundsman", bom_ref="roundsman")
    components = [*of_python(python_lock), *of_javascript(javascript_lock)]
    drawn = hashlib.sha256((python_lock + javascript_lock).encode()).digest()
    bom = Bom(
        components=components,
        metadata=BomMetaData(component=product),
        serial_number=UUID(bytes=drawn[:16], version=4),
    )
    bom.metadata.timestamp = None  # type: ignore[assignment]  # it is of the locks, not of a time
    bom.register_dependency(product, components)
    written: str = make_outputter(bom, OutputFormat.JSON, SchemaVersion.V1_6).output_as_string(
        indent=2
    )
    return written


def run(
    file: Annotated[Path, typer.Argument(help="Where to write it, such as roundsman.cdx.json.")],
) -> None:
    """Write what the product is made of, for those who watch over vulnerabilities."""
    locks = [(ROOT / name).read_text() for name in ("requirements.lock", "package-lock.json")]
    file.write_text(document(*locks) + "\n")
    print(f"{file}: {len(json.loads(file.read_text())['components'])} components")
