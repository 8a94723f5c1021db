"""A model version's columns, declared once: parsing, the template, JSON Schema and README follow from here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from registry_sheets.registry.table import Stage

Need = Literal["required", "recommended", "optional"]
Kind = Literal["text", "version", "date", "stage", "link", "days"]

CHECK_HEADER = "Check"
"""The tool's own column on the Models tab: says by formula what is to fix, is never read as data."""

METRIC_PREFIX = "Metric:"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the Models tab.

    ``synonyms`` are headers that can only mean this field and are taken; ``doubtful`` ones may mean it and
    are suggested, never taken. ``multiple``: several values in a cell, split at ';' or a line break.
    ``example`` is as one would type it; ``help`` speaks to the person who fills the row.
    """

    field: str
    header: str
    synonyms: tuple[str, ...]
    need: Need
    kind: Kind
    multiple: bool
    example: str
    help: str
    doubtful: tuple[str, ...] = ()


COLUMNS: tuple[Column, ...] = (
    Column(
        field="name",
        header="Name",
        synonyms=("Model", "Model name", "Model title", "Name of model", "Name of the model", "ML model", "AI model"),
        doubtful=("Title", "Model ID", "Algorithm", "Use case name", "System name", "Project", "Product"),
        need="required",
        kind="text",
        multiple=False,
        example="AC failure",
        help="What everybody calls the model. Write it the same way in every row; the version goes in its own column.",
    ),
    Column(
        field="version",
        header="Version",
        synonyms=("Ver.", "Ver", "Model version", "Version number", "Version no.", "Model ver.", "Version of model"),
        doubtful=("V", "Rev", "Revision", "Release", "Build", "Tag", "Version ID"),
        need="required",
        kind="version",
        multiple=False,
        example="3.1",
        help="The version of the model that this row is about, such as 3.1. One row for each version.",
    ),
    Column(
        field="training_date",
        header="Training date",
        synonyms=(
            "Trained",
            "Date trained",
            "Date of training",
            "Trained at",
            "Training day",
            "Trained date",
            "Trained when",
            "Training completed",
            "Training finished",
            "Last trained",
            "Last training date",
            "Date model trained",
        ),
        doubtful=(
            "Trained on",
            "Date",
            "Created",
            "Created on",
            "Created at",
            "Date created",
            "Build date",
            "Retrained",
        ),
        need="required",
        kind="date",
        multiple=False,
        example="2026-03-04",
        help="The day on which this version was trained, as year-month-day.",
    ),
    Column(
        field="data_source",
        header="Data source",
        synonyms=(
            "Dataset",
            "Data set",
            "Training data",
            "Training dataset",
            "Training data set",
            "Data sources",
            "Datasets",
            "Training data source",
            "Source of data",
            "Data used",
            "Data used for training",
            "Source of training data",
        ),
        doubtful=("Trained on", "Data", "Source", "Input data", "Table", "Snapshot", "Data version"),
        need="required",
        kind="text",
        multiple=False,
        example="CRM export 2026-06-30",
        help="Which data it was trained on. Name the table, file or snapshot, so that it can be found again.",
    ),
    Column(
        field="location",
        header="Location",
        synonyms=(
            "Locations",
            "Deployed to",
            "Deployed at",
            "Deployment location",
            "Where deployed",
            "Where it runs",
            "Runs on",
            "Runs at",
            "Running on",
            "Deployment target",
            "Deployed where",
            "Deployed in",
        ),
        doubtful=("Endpoint", "Environment", "Env", "Site", "Server", "Host", "Where", "URL", "Cluster", "Region"),
        need="required",
        kind="text",
        multiple=True,
        example="Service desk app",
        help="Where this version is deployed. Several places: one a line, or with ; between them.",
    ),
    Column(
        field="stage",
        header="Stage",
        synonyms=("Model stage", "Lifecycle stage", "Life cycle stage", "Deployment stage", "Stage of model"),
        doubtful=(
            "Status",
            "State",
            "Environment",
            "Env",
            "Phase",
            "Model status",
            "Deployment status",
            "Lifecycle",
            "Stage of development",
            "Live",
            "Live?",
            "In production",
            "In production?",
            "Active",
            "Active?",
        ),
        need="recommended",
        kind="stage",
        multiple=False,
        example="Production",
        help="Production: it is in use. Testing: not yet. Archived: no longer.",
    ),
    Column(
        field="owner",
        header="Owner",
        synonyms=(
            "Owners",
            "Model owner",
            "Owned by",
            "Business owner",
            "Responsible",
            "Responsible person",
            "Person responsible",
            "Owner e-mail",
            "Owner email",
            "Owner name",
        ),
        doubtful=("Contact", "Contact person", "Team", "Maintainer", "Email", "E-mail", "Email address", "Author"),
        need="recommended",
        kind="text",
        multiple=True,
        example="ana@example.com",
        help="Who answers for this model: an e-mail address, or a name as it stands in Lists.",
    ),
    Column(
        field="used_for",
        header="Used for",
        synonyms=("Use", "Used in", "Use case", "Use cases", "Model use", "Intended use", "Purpose", "Practice area"),
        doubtful=("Used by", "Application", "Task", "Scope", "Area", "Description", "Topic", "Business unit"),
        need="recommended",
        kind="text",
        multiple=True,
        example="Rooftop units",
        help="The case that this version is meant for, where a model has one version for each. Several: one a line.",
    ),
    Column(
        field="what_changed",
        header="What changed",
        synonyms=(
            "Changes",
            "Change",
            "What's changed",
            "What is changed",
            "What is new",
            "What's new",
            "Change description",
            "Changelog",
            "Change log",
            "Release notes",
            "Changes in this version",
            "Changes made",
        ),
        doubtful=("Notes", "Comments", "Comment", "Remarks", "Description", "Version notes", "Changed"),
        need="recommended",
        kind="text",
        multiple=False,
        example="Retrained with the spring season",
        help="What is different from the version before.",
    ),
    Column(
        field="changed_by",
        header="Changed by",
        synonyms=("Trained by", "Who changed it", "Change made by", "Updated by", "Modified by", "Made by"),
        doubtful=("Author", "Who", "By", "Developer", "Data scientist", "Created by", "Editor", "Done by"),
        need="recommended",
        kind="text",
        multiple=False,
        example="Ben",
        help="Who made this version.",
    ),
    Column(
        field="why",
        header="Why",
        synonyms=(
            "Why live",
            "Why it is live",
            "Reason",
            "Reason for change",
            "Reason for the change",
            "Why changed",
            "Why is it live",
            "Why it's live",
            "Rationale",
        ),
        doubtful=("Justification", "Motivation", "Decision", "Approval", "Because"),
        need="recommended",
        kind="text",
        multiple=False,
        example="Fewer false alarms in the pilot, agreed with service on 2026-03-10",
        help="Why this version is the one in use: the reason for the change.",
    ),
    Column(
        field="deployed_on",
        header="Deployed on",
        synonyms=(
            "Date deployed",
            "Deployment date",
            "Deployed",
            "Live since",
            "In production since",
            "Go-live",
            "Go live",
            "Go-live date",
            "Date of deployment",
            "Went live",
            "Went live on",
            "Live from",
            "In use since",
        ),
        doubtful=("Since", "Released", "Release date", "Start date", "Start", "From", "Launch date", "Rollout"),
        need="recommended",
        kind="date",
        multiple=False,
        example="2026-03-12",
        help="The day on which this version went into use, as year-month-day.",
    ),
    Column(
        field="last_reviewed",
        header="Last reviewed",
        synonyms=(
            "Last review",
            "Reviewed on",
            "Date reviewed",
            "Review date",
            "Last review date",
            "Date of last review",
            "Last checked",
            "Last reviewed on",
        ),
        doubtful=("Reviewed", "Review", "Next review", "Last updated", "Updated", "Last modified", "Checked"),
        need="recommended",
        kind="date",
        multiple=False,
        example="2026-06-01",
        help="The day on which the owner last looked at this row and found it right. Confirm a row by putting a date.",
    ),
    Column(
        field="run_link",
        header="Run link",
        synonyms=("Link to run", "Training run", "Run URL", "MLflow run", "Experiment link", "Link to training run"),
        doubtful=("Run", "Run ID", "Link", "Experiment", "URL", "Notebook", "Artifact"),
        need="recommended",
        kind="link",
        multiple=False,
        example="https://mlflow.example.com/#/runs/8c1f",
        help="A link or path to the training run or notebook.",
    ),
    Column(
        field="data_link",
        header="Data link",
        synonyms=(
            "Link to data",
            "Dataset link",
            "Data URL",
            "Dataset URL",
            "Link to dataset",
            "Data path",
            "Data location",
        ),
        doubtful=("Link", "Path", "URL", "Bucket", "Data folder"),
        need="recommended",
        kind="link",
        multiple=False,
        example="s3://exports/crm/2026-06-30.parquet",
        help="A link or path to the data itself.",
    ),
    Column(
        field="retrain_every",
        header="Retrain every (days)",
        synonyms=(
            "Retrain every",
            "Retraining interval (days)",
            "Retrain after (days)",
            "Retraining interval",
            "Retrain days",
        ),
        doubtful=("Retraining", "Retrain", "Retraining frequency", "Refresh", "Frequency", "Cadence"),
        need="optional",
        kind="days",
        multiple=False,
        example="90",
        help="After how many days this model wants training again. Leave it empty where it does not matter.",
    ),
)


def column(field: str) -> Column:
    """The column of a field. Raises KeyError for a field that is not declared."""
    for candidate in COLUMNS:
        if candidate.field == field:
            return candidate
    raise KeyError(field)


Text = Annotated[str, StringConstraints(strip_whitespace=True)]
FilledText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class ModelVersion(BaseModel):
    """One model version: a row of the Models tab, understood. Fields are those of COLUMNS, in their order.

    Only name and version must be there: what else a version lacks, the rules judge by its stage.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    name: FilledText
    version: FilledText
    training_date: date | None = None
    data_source: Text | None = None
    location: tuple[FilledText, ...] = ()
    stage: Stage | None = None
    owner: tuple[FilledText, ...] = ()
    used_for: tuple[FilledText, ...] = ()
    what_changed: Text | None = None
    changed_by: Text | None = None
    why: Text | None = None
    deployed_on: date | None = None
    last_reviewed: date | None = None
    run_link: Text | None = None
    data_link: Text | None = None
    retrain_every: Annotated[int, Field(gt=0)] | None = None
    metrics: Mapping[str, float | str] = Field(
        default_factory=dict,
        title="Metrics",
        description="Figures of the `Metric: …` columns: 'MAPE (holidays)' is MAPE over the period 'holidays'.",
    )


def json_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of a complete model version, with the columns' headers, help and examples."""
    schema = ModelVersion.model_json_schema()
    for declared in COLUMNS:
        described = schema["properties"][declared.field]
        described |= {"title": declared.header, "description": declared.help, "examples": [_example(declared)]}
    live = {"properties": {"stage": {"const": Stage.PRODUCTION.value}}, "required": ["stage"]}
    filled = {"minItems": 1}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "required": [c.field for c in COLUMNS if c.need == "required" and not c.multiple],
        "if": live,
        "then": {"required": ["location", "owner"], "properties": {"location": filled, "owner": filled}},
    }


def _example(declared: Column) -> Any:
    if declared.kind == "days":
        return int(declared.example)
    return [declared.example] if declared.multiple else declared.example


def markdown_table() -> str:
    """The columns as a Markdown table, for README."""
    rows = ["| Column | Need | What to put there | Example | Also understood as |", "|---|---|---|---|---|"]
    for c in COLUMNS:
        rows.append(f"| {c.header} | {c.need} | {c.help} | `{c.example}` | {', '.join(c.synonyms)} |")
    return "\n".join(rows) + "\n"
