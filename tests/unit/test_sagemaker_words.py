"""SageMaker: what is said of failures, and how often is tried."""

from __future__ import annotations

from typing import Any

import botocore.exceptions
import pytest

from registry_sheets.errors import PlatformUnanswered
from registry_sheets.platforms.deadline import Deadline
from registry_sheets.platforms.sagemaker import SagemakerPlatform
from tests.support.platforms.sagemaker_asking import Said, client_error, words
from tests.support.platforms.sagemaker_lab import REGION


class TestWords:
    @pytest.mark.parametrize(
        ("error", "message", "fix", "tries"),
        [
            (client_error("AccessDeniedException", "User: x is not authorized"), "sagemaker:Search", "ReadOnly", 1),
            (client_error("AccessDenied", operation="AssumeRole"), "sts:AssumeRole", "sts:AssumeRole", 1),
            (client_error("ExpiredTokenException"), "run out", "aws sso login", 1),
            (client_error("ExpiredToken", operation="AssumeRole"), "run out", "AWS_SESSION_TOKEN", 1),
            (client_error("InvalidSignatureException"), "signature", "clock", 1),
            (client_error("UnrecognizedClientException"), "does not take the sign-in", "get-caller-identity", 1),
            (client_error("ThrottlingException", "Rate exceeded"), "no time", "later", 5),
            (client_error("", status=429), "no time", "later", 5),
            (client_error("InternalFailure", status=500), "failed at sagemaker:Search", "later", 5),
            (client_error("ServiceUnavailable", status=503), "(503)", "later", 5),
            (client_error("403", "<html>", status=403), "not let", "sagemaker:Search", 1),
            (client_error("ValidationException", "NextToken is wrong"), "NextToken is wrong", "block", 1),
            (botocore.exceptions.EndpointConnectionError(endpoint_url="https://x"), "cannot be reached", "VPC", 5),
            (botocore.exceptions.ConnectTimeoutError(endpoint_url="https://x"), "cannot be reached", "HTTPS_PROXY", 5),
            (botocore.exceptions.ReadTimeoutError(endpoint_url="https://x"), "does not answer", "regions", 5),
            (botocore.exceptions.ConnectionClosedError(endpoint_url="https://x"), "broke off", "regions", 5),
            (botocore.exceptions.IncompleteReadError(actual_bytes=1, expected_bytes=2), "broke off", "regions", 5),
            (botocore.exceptions.ProxyConnectionError(proxy_url="http://u:geheim@p"), "proxy", "HTTPS_PROXY", 5),
            (botocore.exceptions.SSLError(endpoint_url="https://x", error="e"), "certificate", "AWS_CA_BUNDLE", 1),
            (botocore.exceptions.PartialCredentialsError(provider="env", cred_var="x"), "part", "AWS_", 1),
            (botocore.exceptions.UnauthorizedSSOTokenError(), "SSO", "aws sso login", 1),
            (botocore.exceptions.TokenRetrievalError(provider="sso", error_msg="geheim"), "SSO", "aws sso login", 1),
            (
                botocore.exceptions.CredentialRetrievalError(provider="process", error_msg="geheim"),
                "could not be fetched",
                "get-caller-identity",
                1,
            ),
            (botocore.exceptions.RefreshWithMFAUnsupportedError(), "MFA", "without MFA", 1),
            (EOFError(), "MFA", "without MFA", 1),
            (botocore.exceptions.ConfigParseError(path="/x", error="geheim"), "config", "AWS_CONFIG_FILE", 1),
            (botocore.exceptions.InvalidRetryModeError(provided_retry_mode="x", valid_modes=()), "could not", "url", 1),
            (OverflowError("10^400"), "another shape", "url", 1),
            (RecursionError(), "another shape", "url", 1),
        ],
        ids=lambda value: type(value).__name__ if isinstance(value, Exception) else None,
    )
    def test_what_and_what_to_do(self, error: Exception, message: str, fix: str, tries: int) -> None:
        told, tried = words(error)
        assert message in told.message
        assert fix in told.fix
        assert tried == tries
        assert "geheim" not in str(told)
        assert "<html" not in str(told)

    def test_no_secret_of_aws_s_own_words(self) -> None:
        canonical = "The Canonical String should have been 'POST x-amz-security-token:geheim'"
        for code in (
            "SignatureDoesNotMatch",
            "InvalidSignatureException",
            "UnrecognizedClientException",
            "ExpiredToken",
        ):
            assert "geheim" not in str(words(client_error(code, canonical))[0])
        signed = "no rights for https://s3/x?X-Amz-Signature=geheim&X-Amz-Credential=geheim now\x1b[2J"
        told = str(words(client_error("AccessDeniedException", signed))[0])
        assert "geheim" not in told
        assert "\x1b" not in told
        assert "now" in told

    def test_long_words_are_cut(self) -> None:
        assert len(words(client_error("ValidationException", "x" * 10_000))[0].message) < 500

    @pytest.mark.parametrize(
        "response", [{}, {"Error": None}, {"Error": {"Code": 7}}, {"Error": [], "ResponseMetadata": 3}]
    )
    def test_a_refusal_without_its_parts(self, response: Any) -> None:
        error = botocore.exceptions.ClientError({}, "Search")
        error.response = response
        assert "refused sagemaker:Search" in words(error)[0].message

    def test_the_deadline_goes_before_tries(self) -> None:
        clock = iter(range(1000))
        deadline = Deadline(3.0, clock=lambda: float(next(clock)), sleep=lambda _: None)
        client = Said(client_error("ThrottlingException"))
        platform = SagemakerPlatform("aws", [REGION], deadline, client=lambda _region, _seconds: client)
        with pytest.raises(PlatformUnanswered, match="within 3 s"):
            list(platform.versions(REGION))

    def test_no_client_waits_longer_than_is_left(self) -> None:
        now = [0.0]
        opened: list[float] = []

        def client(_region: str, seconds: float) -> Said:
            opened.append(seconds)
            return Said({"ModelPackageSummaryList": []})

        deadline = Deadline(40.0, clock=lambda: now[0])
        platform = SagemakerPlatform("aws", [REGION], deadline, client=client)
        for elapsed in (0.0, 5.0, 20.0, 25.0, 30.0, 39.0, 39.9):
            now[0] = elapsed
            list(platform.versions(REGION))
        assert opened == [16.0, 8.0, 1.0, pytest.approx(0.1)]
