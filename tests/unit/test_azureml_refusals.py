"""Azure ML: what is said of what it refuses."""

from __future__ import annotations

import pytest

from registry_sheets.errors import PlatformUnanswered
from tests.support.platforms.azureml.asking import refusal, serves, versions


def test_a_cloud_without_serverless_endpoints() -> None:
    message = "The resource type could not be found in the namespace 'Microsoft.MachineLearningServices'."
    assert serves({"serverlessEndpoints": refusal(404, "InvalidResourceType", message)}) == []
    with pytest.raises(PlatformUnanswered):
        serves({"serverlessEndpoints": refusal(404, "ResourceNotFound", "The workspace was not found.")})
    with pytest.raises(PlatformUnanswered):
        serves({"onlineEndpoints": refusal(404, "InvalidResourceType", message)})


def test_what_is_not_there_says_what_to_check() -> None:
    with pytest.raises(PlatformUnanswered) as caught:
        versions({"models": refusal(404, "ResourceGroupNotFound", "Resource group 'rg' could not be found.")})
    assert "Resource group 'rg' could not be found." in caught.value.message
    assert "resource_group" in caught.value.fix


@pytest.mark.parametrize(("status", "fix"), [(401, "az login"), (403, "AzureML Data Scientist")])
def test_refusals_say_how_to_mend_them(status: int, fix: str) -> None:
    with pytest.raises(PlatformUnanswered) as caught:
        versions({"models": refusal(status, "AuthorizationFailed", "The client has no authorization.")})
    assert fix in caught.value.fix
