"""What Vertex AI refuses, in words: which role, which command, which project."""

from __future__ import annotations

from dataclasses import dataclass

from registry_sheets.errors import PlatformUnanswered
from registry_sheets.platforms.refusals import Refusals

SIGN_IN = (
    "Run `gcloud auth application-default login` as the user that runs the checks, or name the JSON key of a service "
    "account in the variable GOOGLE_APPLICATION_CREDENTIALS."
)
_RIGHTS = (
    "Give its account the role Vertex AI Viewer (roles/aiplatform.viewer) in project {project}: gcloud projects "
    "add-iam-policy-binding {project} --member=serviceAccount:ACCOUNT --role=roles/aiplatform.viewer"
)
_MENDED = (
    (("SERVICE_DISABLED", "has not been used in project", "it is disabled"), "Switch the API on: {enable}"),
    (("insufficient authentication scopes", "SCOPE_INSUFFICIENT"), "Sign in for all of Google Cloud: {scopes}"),
    (("requires a quota project",), "Name one: gcloud auth application-default set-quota-project {project}"),
    (("requires billing", "BILLING_DISABLED"), "Switch billing on for project {project} in Google's console."),
)
_ENABLE = "gcloud services enable aiplatform.googleapis.com --project={project}"
_SCOPES = (
    "a virtual machine needs the access scope cloud-platform (gcloud compute instances set-service-account --scopes="
    "cloud-platform), a person runs `gcloud auth application-default login` again."
)


class NotThere(PlatformUnanswered):
    """There is nothing of this name (any more)."""


@dataclass(frozen=True)
class VertexRefusals(Refusals):
    """The words for ``project``. What is not there is NotThere."""

    project: str = ""

    def of(self, status: int, address: str, said: str) -> PlatformUnanswered:
        plain = super().of(status, address, said)
        if status == 403:
            return PlatformUnanswered(plain.message, self._way(said) or self.rights)
        if status == 404:
            return NotThere(plain.message, self._names())
        if status == 400:
            return PlatformUnanswered(plain.message, self._names())
        if status == 429:
            fix = "Try again later, or ask for more requests a minute (Google's console, IAM & Admin, Quotas)."
            return PlatformUnanswered(plain.message, fix)
        return plain

    def silent(self, address: str, how: str) -> PlatformUnanswered:
        plain = super().silent(address, how)
        fix = "Check the names under locations in its [[platform]] block, and that this machine reaches that address."
        return PlatformUnanswered(plain.message, fix)

    def _way(self, said: str) -> str:
        """What to do about a 403 that is not about rights; '' where it is."""
        filled = {"project": self.project, "enable": _ENABLE.format(project=self.project), "scopes": _SCOPES}
        found = (fix.format(**filled) for signs, fix in _MENDED if any(sign in said for sign in signs))
        return next(found, "")

    def _names(self) -> str:
        return f"Check project ({self.project}) and locations in its [[platform]] block."


def refusals(project: str) -> VertexRefusals:
    """The words for one project."""
    return VertexRefusals("the Vertex AI API", SIGN_IN, _RIGHTS.format(project=project), project=project)
