"""SageMaker: what it is asked with, and that nothing is loaded before."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from registry_sheets.errors import PlatformUnanswered
from registry_sheets.platforms.deadline import Deadline
from registry_sheets.platforms.sagemaker import SagemakerPlatform
from tests.support.platforms.sagemaker_asking import checked_lab
from tests.support.platforms.sagemaker_lab import REGION, SagemakerLab, sagemaker_lab
from tests.support.platforms.sagemaker_moto import Server, sagemaker_server


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with sagemaker_server() as running:
        yield running


@pytest.fixture
def lab(server: Server) -> Iterator[SagemakerLab]:
    with checked_lab(server) as lab:
        yield lab


class TestSignIn:
    def test_by_a_profile(self, lab: SagemakerLab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "config").write_text(
            "[profile night]\naws_access_key_id = AKIANIGHT\naws_secret_access_key = s\n", encoding="utf-8"
        )
        monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
        platform = SagemakerPlatform("aws", [REGION], Deadline(20), profile="night", url=lab.line.url)
        assert list(platform.versions(REGION)) == []
        platform.close()
        assert all("Credential=AKIANIGHT/" in one["authorization"] for one in lab.line.headers)

    def test_a_profile_that_is_not_there(self, lab: SagemakerLab) -> None:
        platform = SagemakerPlatform("aws", [REGION], Deadline(20), profile="nowhere", url=lab.line.url)
        with pytest.raises(PlatformUnanswered, match="profile") as caught:
            list(platform.versions(REGION))
        assert "list-profiles" in caught.value.fix

    def test_none(self, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
        with sagemaker_lab(server) as lab:
            for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
                monkeypatch.delenv(name)
            with pytest.raises(PlatformUnanswered, match="no sign-in") as caught:
                lab.all_versions()
            assert "AWS_ACCESS_KEY_ID" in caught.value.fix
            assert lab.line.asked == []

    @pytest.mark.parametrize(
        ("region", "url"), [("eu west", ""), ("", ""), (REGION, "http://[::1"), (REGION, "http://a b")]
    )
    def test_a_region_or_an_address_that_is_none(self, lab: SagemakerLab, region: str, url: str) -> None:
        platform = SagemakerPlatform("aws", [region], Deadline(20), url=url)
        with pytest.raises(PlatformUnanswered, match="could not be asked") as caught:
            list(platform.versions(region))
        assert "regions" in caught.value.fix


def test_importing_it_costs_nothing() -> None:
    program = (
        "import sys; from registry_sheets.platforms.sagemaker import SagemakerPlatform;"
        "from registry_sheets.platforms.deadline import Deadline;"
        "SagemakerPlatform('aws', ['eu-west-1'], Deadline(1)).close();"
        "print(sorted({'boto3', 'botocore', 'httpx'} & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
