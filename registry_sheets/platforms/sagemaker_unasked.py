"""What boto3 says where no question gets through, in words: no sign-in, no way to AWS, a setting that is wrong.

Errors are known by botocore's class and never repeated: a process that gives credentials may say anything in them.
"""

from __future__ import annotations

from registry_sheets.errors import PlatformUnanswered

CHAIN = (
    "Give it a sign-in: a role of the machine, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment of this "
    "program, or profile in its [[platform]] block. 'aws sts get-caller-identity' shows which one is found."
)
"""How to sign in."""

_LOGIN = "Sign in with 'aws sso login' (with --profile, where its [[platform]] block has one) as the same user."
_PROFILES = "'aws configure list-profiles' shows which there are, as the same user; AWS_CONFIG_FILE names another file."
_NO_MFA = "Take a profile or a role without MFA for this program."

_SIGN_IN = (
    (
        ("ProfileNotFound",),
        "The profile that its [[platform]] block or AWS_PROFILE names is not in the AWS config of this user.",
        _PROFILES,
    ),
    (("ConfigParseError", "ConfigNotFound"), "The AWS config of this user cannot be read.", _PROFILES),
    (
        ("SSOError", "TokenRetrievalError", "LoginError", "NoAuthTokenError"),
        "The sign-in by SSO does not hold any more.",
        _LOGIN,
    ),
    (("NoCredentialsError",), "There is no sign-in to AWS.", CHAIN),
    (("PartialCredentialsError",), "Only a part of the sign-in to AWS is there.", CHAIN),
    (("RefreshWithMFAUnsupportedError", "EOFError"), "The sign-in wants a code (MFA) that nobody types in.", _NO_MFA),
    (("CredentialRetrievalError", "MetadataRetrievalError"), "The sign-in to AWS could not be fetched.", CHAIN),
)
"""Names of classes -> what is wrong, and what to do. Some are not in every botocore, so they go by name."""

_NETWORK = (
    (("ReadTimeoutError",), "it does not answer"),
    (("EndpointConnectionError", "ConnectTimeoutError"), "it cannot be reached"),
    (("ProxyConnectionError",), "the proxy before it cannot be reached"),
    (("HTTPClientError", "IncompleteReadError"), "its answer broke off"),
)


def unasked(error: Exception, region: str) -> tuple[PlatformUnanswered, bool]:
    """(what is wrong, whether another try may go better)."""
    names = {one.__name__ for one in type(error).__mro__}
    for known, message, fix in _SIGN_IN:
        if names & set(known):
            return PlatformUnanswered(message, fix), False
    if "SSLError" in names:
        return _untrusted(region), False
    for known, how in _NETWORK:
        if names & set(known):
            return _silent(how, region), True
    return unusable(error, region), False


def unusable(error: Exception, region: str) -> PlatformUnanswered:
    """Its settings give no client: a region or an address that is none."""
    return PlatformUnanswered(
        f"SageMaker in {region} could not be asked ({type(error).__name__}).",
        "Check regions, profile and url in its [[platform]] block; 'aws sagemaker list-endpoints' with the same "
        "region and profile shows more.",
    )


def not_installed(error: ImportError) -> PlatformUnanswered:
    """Without boto3."""
    return PlatformUnanswered(
        f"What asks SageMaker is not installed ({error.name or 'boto3'}).", "pip install 'registry-sheets[sagemaker]'"
    )


def _silent(how: str, region: str) -> PlatformUnanswered:
    return PlatformUnanswered(
        f"SageMaker in {region}: {how}.",
        "Check regions and url in its [[platform]] block, and the way out of this network (HTTPS_PROXY, or a VPC "
        f"endpoint com.amazonaws.{region}.sagemaker.api).",
    )


def _untrusted(region: str) -> PlatformUnanswered:
    return PlatformUnanswered(
        f"SageMaker in {region} cannot be reached: its certificate is not trusted.",
        "Where a proxy opens connections, put its certificate's file into AWS_CA_BUNDLE.",
    )
