"""SageMaker: endpoints as moto does not tell of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import botocore.session
import pytest
from botocore.stub import Stubber

from registry_sheets.errors import PlatformUnanswered
from registry_sheets.registry.platforms.values import Deployment, PlatformVersion
from tests.support.platforms.sagemaker_asking import OTHER, asking
from tests.support.platforms.sagemaker_lab import REGION
from tests.support.platforms.sagemaker_moto import ACCOUNT


class TestStubbed:
    """Answers that moto does not give, each held against the specification by botocore's Stubber."""

    @pytest.fixture
    def stubbed(self) -> Iterator[Stubber]:
        session = botocore.session.Session()
        session.set_credentials("AKIATESTING", "s")
        client = session.create_client("sagemaker", region_name=REGION)
        with Stubber(client) as stubber:
            yield stubber
        client.close()

    def _endpoint(self, stubber: Stubber, **more: Any) -> None:
        now = datetime(2026, 5, 6, tzinfo=UTC)
        arn = f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:endpoint/front"
        named = {"EndpointName": "front", "EndpointArn": arn, "EndpointStatus": "InService"}
        moments = {"CreationTime": now, "LastModifiedTime": now}
        stubber.add_response("list_endpoints", {"Endpoints": [{**named, **moments}]}, {"MaxResults": 100})
        stubber.add_response("describe_endpoint", {**named, **moments, **more}, {"EndpointName": "front"})

    def _config(self, stubber: Stubber, **more: Any) -> None:
        arn = f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:endpoint-config/c"
        named = {"EndpointConfigName": "c", "EndpointConfigArn": arn, "CreationTime": datetime(2026, 5, 5, tzinfo=UTC)}
        stubber.add_response("describe_endpoint_config", {**named, **more}, {"EndpointConfigName": "c"})

    def _model(self, stubber: Stubber, name: str, container: Mapping[str, Any]) -> None:
        arn = f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:model/{name}"
        named = {"ModelName": name, "ModelArn": arn, "CreationTime": datetime(2026, 5, 4, tzinfo=UTC)}
        stubber.add_response("describe_model", {**named, "PrimaryContainer": container}, {"ModelName": name})

    def _found(self, stubber: Stubber) -> list[Deployment]:
        version = PlatformVersion("Churn", "3", REGION, OTHER)
        found = list(asking(stubber.client).deployments(REGION, [version]))
        stubber.assert_no_pending_responses()
        return found

    def test_a_shadow_is_no_deployment(self, stubbed: Stubber) -> None:
        shadow = [{"VariantName": "shadow", "CurrentWeight": 1.0}]
        variants = [{"VariantName": "all", "CurrentWeight": 1.0}]
        self._endpoint(stubbed, EndpointConfigName="c", ProductionVariants=variants, ShadowProductionVariants=shadow)
        self._config(
            stubbed,
            ProductionVariants=[{"VariantName": "all", "ModelName": "m"}],
            ShadowProductionVariants=[{"VariantName": "shadow", "ModelName": "other"}],
        )
        self._model(stubbed, "m", {"ModelPackageName": OTHER.replace("churn", "Churn")})  # spelt as its group
        since = datetime(2026, 5, 6, tzinfo=UTC)
        assert self._found(stubbed) == [Deployment("Churn", "3", "front", REGION, "", 1.0, since, "")]

    def test_an_endpoint_that_does_not_tell_what_it_serves(self, stubbed: Stubber) -> None:
        self._endpoint(stubbed)
        since = datetime(2026, 5, 6, tzinfo=UTC)
        stubbed.add_client_error("describe_endpoint_config", "ValidationException", "Could not find it")
        assert self._found(stubbed) == [Deployment("", "", "front", REGION, "", 1.0, since, "")]

    def test_what_is_denied_is_named(self, stubbed: Stubber) -> None:
        self._endpoint(stubbed, EndpointConfigName="c")
        stubbed.add_client_error("describe_endpoint_config", "AccessDeniedException", "no", 400)
        with pytest.raises(PlatformUnanswered, match="sagemaker:DescribeEndpointConfig"):
            self._found(stubbed)
