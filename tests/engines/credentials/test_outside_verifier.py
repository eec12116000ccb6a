"""A verifier that others wrote (openbadgeslib) reads what is issued here, in both formats. It has an environment of its
own, made by `tools/outside-client`, and gets the public key and nothing else.
"""

import json
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from pytest_django import Settings

from heluo.engines.credentials.actions import sample
from heluo.engines.credentials.enums import Format
from heluo.engines.credentials.keys import key_in_use

PYTHON = Path(__file__).parents[3] / "build" / "outside-client" / "bin" / "python"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db,
    pytest.mark.skipif(not PYTHON.exists(), reason="the outside verifier is not there: tools/outside-client"),
]
VERIFY = """
import sys
from openbadgeslib.ob3.ldp import OB3LdpVerifier
from openbadgeslib.ob3.verifier import OB3Verifier, OB3VerificationError
verifier = {"eddsa-rdfc-2022": OB3LdpVerifier, "vc-jwt": OB3Verifier}[sys.argv[1]](open(sys.argv[2], "rb").read())
try:
    found = verifier.verify(open(sys.argv[3], encoding="utf-8").read().strip())
except OB3VerificationError as refused:
    sys.exit(f"refused: {refused}")
print(type(found).__name__)
"""


@pytest.fixture(autouse=True)
def _own_data_folder(settings: Settings, tmp_path: Path) -> None:
    settings.DATA = tmp_path / "data"


def verified(form: Format, text: str, folder: Path) -> subprocess.CompletedProcess[str]:
    _kept, private = key_in_use(now=datetime.now(UTC))
    public = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (folder / "key.pem").write_bytes(public)
    (folder / "credential").write_text(text, encoding="utf-8")
    asked = [str(PYTHON), "-c", VERIFY, form.value, str(folder / "key.pem"), str(folder / "credential")]
    return subprocess.run(asked, capture_output=True, text=True, check=False, timeout=120)


@pytest.mark.parametrize("form", list(Format))
def test_a_verifier_of_others_believes_what_is_issued_here(form: Format, tmp_path: Path) -> None:
    done = verified(form, sample(form=form, now=datetime.now(UTC)), tmp_path)
    assert done.stdout.strip() == "OpenBadgeCredential", done.stderr


def test_it_refuses_what_was_altered(tmp_path: Path) -> None:
    document = json.loads(sample(form=Format.DATA_INTEGRITY, now=datetime.now(UTC)))
    document["credentialSubject"]["achievement"]["name"] = "别的证书"
    done = verified(Format.DATA_INTEGRITY, json.dumps(document, ensure_ascii=False), tmp_path)
    assert done.returncode == 1
    assert "refused" in done.stderr
