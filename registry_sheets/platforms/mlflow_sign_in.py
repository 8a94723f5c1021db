"""How to sign in at an MLflow server: by the chain that MLflow's own client goes through.

Source: mlflow/utils/credentials.py and rest_utils.py (MLflow 3.17). A user with a password comes before
a token; the environment comes before the file ~/.mlflow/credentials.
"""

from __future__ import annotations

import base64
import configparser
import os
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from registry_sheets.errors import PlatformUnanswered

_USER, _PASSWORD, _TOKEN = "MLFLOW_TRACKING_USERNAME", "MLFLOW_TRACKING_PASSWORD", "MLFLOW_TRACKING_TOKEN"
_INSECURE, _AUTHORITY = "MLFLOW_TRACKING_INSECURE_TLS", "MLFLOW_TRACKING_SERVER_CERT_PATH"
_CERTIFICATE, _WORKSPACE = "MLFLOW_TRACKING_CLIENT_CERT_PATH", "MLFLOW_WORKSPACE"


@dataclass(frozen=True)
class MlflowSignIn:
    """The sign-in at one server.

    Args:
        environment: the environment variables.
        token_env: the variable with the sign-in of this server: a token, or 'user:password'. '' is MLflow's chain.
        ca_file: certificates of an authority to trust, in place of the system's. '' is MLflow's chain.
    """

    environment: Mapping[str, str]
    token_env: str = ""
    ca_file: str = ""

    def how(self) -> str:
        """What to do where the server does not take the sign-in."""
        if self.token_env:
            return f"Set the environment variable {self.token_env} to a token that it takes, or to user:password."
        return (
            f"Set {_TOKEN}, or {_USER} and {_PASSWORD}, for the account under which this runs, "
            "or write them into its ~/.mlflow/credentials."
        )

    def headers(self) -> Mapping[str, str]:
        """The headers of every question. Raises PlatformUnanswered for a sign-in that is missing or is none."""
        found = self._authorization()
        workspace = self.environment.get(_WORKSPACE, "")
        return {
            **({"Authorization": found} if found else {}),
            **({"X-MLFLOW-WORKSPACE": workspace} if workspace else {}),
        }

    def verify(self) -> bool | ssl.SSLContext:
        """Whose certificates to trust, as httpx takes it. Raises PlatformUnanswered for a file that cannot be read."""
        authority = self.ca_file or self.environment.get(_AUTHORITY, "")
        insecure = not authority and self.environment.get(_INSECURE, "").lower() in ("true", "1")
        certificate = self.environment.get(_CERTIFICATE, "")
        if not authority and not certificate:
            return not insecure
        context = self._trusting(authority)
        if insecure:
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        if certificate:
            try:
                context.load_cert_chain(certificate)
            except (OSError, ValueError):
                raise _unread(certificate, _CERTIFICATE) from None
        return context

    def _trusting(self, authority: str) -> ssl.SSLContext:
        try:
            if Path(authority or ".").is_dir():
                return ssl.create_default_context(capath=authority or None)
            return ssl.create_default_context(cafile=authority)
        except (OSError, ValueError):
            raise _unread(authority, "ca_file" if self.ca_file else _AUTHORITY) from None

    def _authorization(self) -> str:
        if self.token_env:
            return self._named()
        written = self._written()
        user = self.environment.get(_USER) or written.get(_USER.lower(), "")
        password = self.environment.get(_PASSWORD) or written.get(_PASSWORD.lower(), "")
        if user and password:
            return _basic(f"{user}:{password}")
        token = self.environment.get(_TOKEN, "")
        return _bearer(token, _TOKEN) if token else ""

    def _named(self) -> str:
        """By the variable that the config names. No token has a colon in it (RFC 6750, 2.1)."""
        said = self.environment.get(self.token_env, "").strip()
        if not said:
            raise PlatformUnanswered(f"The environment variable {self.token_env} holds no sign-in.", self.how())
        return _basic(said) if ":" in said else _bearer(said, self.token_env)

    def _written(self) -> Mapping[str, str]:
        """What ~/.mlflow/credentials says."""
        home = self.environment.get("USERPROFILE" if os.name == "nt" else "HOME", "")
        path = Path(home, ".mlflow", "credentials")
        if not home or not path.exists():
            return {}
        try:
            read = configparser.ConfigParser()
            read.read_string(path.read_text(encoding="utf-8"))
            return dict(read["mlflow"]) if "mlflow" in read else {}
        except (OSError, UnicodeError, configparser.Error):  # of configparser's words none are repeated: they cite it
            raise PlatformUnanswered(
                f"{path} cannot be read as MLflow's credentials.",
                "Correct it: a line [mlflow], then mlflow_tracking_username = ... and mlflow_tracking_password = ...; "
                "a % in them is written %%.",
            ) from None


def _basic(pair: str) -> str:
    return "Basic " + base64.b64encode(pair.encode("utf-8", "surrogateescape")).decode()


def _bearer(token: str, variable: str) -> str:
    token = token.strip()
    if not token.isascii() or not token.isprintable() or " " in token:
        raise PlatformUnanswered(
            f"What {variable} holds is no token: it has spaces or other signs in it.", "Set it anew."
        )
    return f"Bearer {token}"


def _unread(path: str, key: str) -> PlatformUnanswered:
    return PlatformUnanswered(
        f"No certificates can be read from {path}.",
        f"Correct {key}: it takes a file in PEM that this account may read.",
    )
