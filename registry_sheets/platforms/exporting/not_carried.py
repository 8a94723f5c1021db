"""What does not carry over to a platform: the one list for the command line and README."""

from __future__ import annotations

from collections.abc import Mapping

from registry_sheets.platforms.exporting.fitting import CUT, NO_ROOM, RENAMED, SIGNS

_EVERYWHERE = (
    "the files of the models: the platform gets a record of each version, not something to serve",
    "findings, history and what was live on earlier days",
    "Lists, Guide and your own tabs; rows without a name or a version",
    "formulas (their values go), number formats, colours, comments",
    "what the sheet no longer has: nothing is deleted there but tags and aliases of ours",
)

NOT_CARRIED: Mapping[str, tuple[str, ...]] = {
    "mlflow": (
        *_EVERYWHERE,
        "version numbers: MLflow counts 1, 2, 3 itself, and the tag registry-sheets.version says the sheet's",
        "stages: MLflow has given them up, so that they are tags, and what is live has an alias",
        "signs in headings that MLflow's tags do not take, such as ( ) / : %: '-' stands for them; '/' and ':' in "
        "names of models likewise",
        "descriptions beyond 5,000 characters and tags beyond 100,000",
    ),
    "sagemaker": (
        *_EVERYWHERE,
        "version numbers: SageMaker counts 1, 2, 3 itself, and the metadata registry-sheets.version says the sheet's",
        "texts beyond 256 characters (descriptions 1,024), and more than 46 columns of a version",
        "signs that SageMaker's metadata do not take, such as , ; ( ) % and quotes: '_' stands for them; names of "
        "groups have letters and digits of ASCII and '-'",
        "a description that changes later: SageMaker takes one only when a version is made; the metadata are kept",
        "what is live at which place: SageMaker has no aliases. Archived is Rejected there, and all else waits for "
        "your approval, since an approval may start a deployment; the stage is in the metadata",
        "which of several rows of a version says what: their texts are joined",
    ),
}
"""Kind of platform -> what does not go there."""

WORDS: Mapping[str, Mapping[str, str]] = {
    "mlflow": {
        CUT: "too long, and cut",
        RENAMED: "not possible as a model's name there, so that it is called otherwise",
    },
    "sagemaker": {
        CUT: "too long, and cut to 256 characters (a description to 1,024)",
        SIGNS: "signs that SageMaker does not take are '_' there",
        NO_ROOM: "left out, for a version takes 50 metadata properties",
        RENAMED: "not possible as a group's name there, so that it is called otherwise",
    },
}
"""Kind of platform -> what befalls a text, as a sentence's end."""


def not_carried(kind: str) -> tuple[str, ...]:
    """What never goes to a platform of this kind."""
    return NOT_CARRIED[kind]


def markdown_list(kind: str) -> str:
    """The same as a Markdown list, for README."""
    return "".join(f"- {one[0].upper()}{one[1:]}.\n" for one in NOT_CARRIED[kind])
