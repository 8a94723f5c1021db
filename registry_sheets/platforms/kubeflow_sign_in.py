"""How to sign in at a Kubeflow Model Registry: with a bearer token, found as its own Python client finds it.

Source: model_registry/_client.py (model-registry 0.3.18): a token that is given, else the file that
KF_PIPELINES_SA_TOKEN_PATH names, else the file with the token of the pod's service account.
"""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from registry_sheets.errors import PlatformUnanswered

TOKEN_PATH_VARIABLE = "KF_PIPELINES_SA_TOKEN_PATH"  # noqa: S105 (the name of a variable)
POD_TOKEN = Path("/var/run/secrets/kubernetes.io/serviceaccount/token")
_HERE = ("localhost", "127.0.0.1", "::1")
_IN_CLUSTER = (".svc", ".svc.cluster.local")


@dataclass(frozen=True)
class KubeflowSignIn:
    """The sign-in at one registry.

    A token that the config names is sent wherever the config says. The cluster's own token, which is there without
    anybody having asked for it, is sent only over https, to a service of the cluster (*.svc, *.svc.cluster.local) and
    to this machine: over plain http anybody on the way to another host could act as this pod.

    Args:
        url: the registry's address.
        environment: the environment variables.
        token_env: the variable with the token of this registry.
        token_file: the file with it. Like the pod's it is read again for every question: Kubernetes renews tokens.
        ca_file: certificates of an authority to trust, in place of the system's.
        pod_token: where Kubernetes puts the token of a pod's service account.
    """

    url: str
    environment: Mapping[str, str]
    token_env: str = ""
    token_file: str = ""
    ca_file: str = ""
    pod_token: Path = POD_TOKEN

    def how(self) -> str:
        """What to do where the registry does not take the sign-in."""
        if self.token_env:
            return f"Set the environment variable {self.token_env} to a token that it takes."
        if self.token_file:
            return f"Put a token that it takes into {self.token_file} (token_file in its [[platform]] block)."
        if not self._sends_cluster_token():
            return (
                "Name a token with token_env or token_file in its [[platform]] block, or give it an https address: "
                "a cluster's own token is not sent over plain http to another host."
            )
        return "Name a token that it takes with token_env or token_file in its [[platform]] block."

    def headers(self) -> Mapping[str, str]:
        """The headers of every question. Raises PlatformUnanswered for a token that is missing or is none."""
        token = self._token()
        return {"Authorization": f"Bearer {token}"} if token else {}

    def verify(self) -> bool | ssl.SSLContext:
        """Whose certificates to trust, as httpx takes it. Raises PlatformUnanswered for a file that cannot be read."""
        if not self.ca_file:
            return True
        try:
            return ssl.create_default_context(cafile=self.ca_file)
        except (OSError, ValueError):
            raise PlatformUnanswered(
                f"No certificates can be read from {self.ca_file}.",
                "Correct ca_file: it takes a file in PEM that this account may read.",
            ) from None

    def _token(self) -> str:
        if self.token_env:
            return _checked(self.environment.get(self.token_env, ""), f"The environment variable {self.token_env}")
        if self.token_file:
            return _read(Path(self.token_file), "Correct token_file in its [[platform]] block")
        if not self._sends_cluster_token():
            return ""
        if named := self.environment.get(TOKEN_PATH_VARIABLE, ""):
            return _read(Path(named), f"Correct {TOKEN_PATH_VARIABLE}, or name a token with token_env")
        return _read(self.pod_token, "Name a token with token_env") if self.pod_token.is_file() else ""

    def _sends_cluster_token(self) -> bool:
        address = urlsplit(self.url)
        host = (address.hostname or "").rstrip(".")
        return address.scheme == "https" or host in _HERE or host.endswith(_IN_CLUSTER)


def _read(path: Path, fix: str) -> str:
    try:
        return _checked(path.read_text(encoding="utf-8"), str(path))
    except (OSError, ValueError) as error:
        raise PlatformUnanswered(
            f"No token can be read from {path} ({_why(error)}).",
            f"{fix}: it takes a file with nothing but the token that this account may read.",
        ) from None


def _why(error: OSError | ValueError) -> str:
    return (error.strerror or type(error).__name__) if isinstance(error, OSError) else "it is no text"


def _checked(said: str, where: str) -> str:
    """The token. Raises PlatformUnanswered for none, and for what no header can carry."""
    token = said.strip()
    if not token:
        raise PlatformUnanswered(f"{where} holds no token.", "Set it to a token that the registry takes.")
    if not token.isascii() or not token.isprintable() or " " in token:
        raise PlatformUnanswered(
            f"What {where} holds is no token: it has spaces or other signs in it.", "Set it to the token alone."
        )
    return token
