"""The rules, each in its own file. Their order is that of the docs, and of precedence on one cell."""

from __future__ import annotations

from registry_sheets.registry.rules import (
    ambiguous_date,
    broken_link,
    data_source_mismatch,
    date_mismatch,
    duplicate_version,
    edit_does_not_fit,
    error_value,
    far_cell,
    final_version,
    formula_without_value,
    future_date,
    implausible_date,
    invalid_email,
    live_mismatch,
    live_row_removed,
    live_without_why,
    long_in_testing,
    mail_not_allowed,
    mail_refused,
    missing_column,
    missing_value,
    near_duplicate_name,
    no_fallback,
    not_a_date,
    not_in_sheet,
    not_on_platform,
    orphaned_owner,
    placeholder_value,
    platform_not_checked,
    recorded_edit_lost,
    recorded_late,
    retraining_overdue,
    review_overdue,
    same_data_source,
    stage_mismatch,
    stray_whitespace,
    two_live,
    unknown_location,
    unknown_owner,
    unknown_stage,
    vague_data_source,
    version_as_date,
    version_as_number,
    version_disagrees,
    version_in_name,
    version_order,
    version_rewritten,
)
from registry_sheets.registry.rules.base import Rule

RULES: tuple[Rule, ...] = (
    # gaps
    missing_column.RULE,
    error_value.RULE,
    formula_without_value.RULE,
    missing_value.RULE,
    placeholder_value.RULE,
    # form
    not_a_date.RULE,
    ambiguous_date.RULE,
    future_date.RULE,
    implausible_date.RULE,
    version_as_number.RULE,
    version_as_date.RULE,
    unknown_stage.RULE,
    unknown_location.RULE,
    unknown_owner.RULE,
    invalid_email.RULE,
    stray_whitespace.RULE,
    far_cell.RULE,
    # identity
    duplicate_version.RULE,
    near_duplicate_name.RULE,
    version_in_name.RULE,
    version_disagrees.RULE,
    final_version.RULE,
    # order
    version_order.RULE,
    # standing
    two_live.RULE,
    long_in_testing.RULE,
    no_fallback.RULE,
    # freshness
    retraining_overdue.RULE,
    review_overdue.RULE,
    # lineage
    vague_data_source.RULE,
    same_data_source.RULE,
    broken_link.RULE,
    # mail
    orphaned_owner.RULE,
    mail_not_allowed.RULE,
    mail_refused.RULE,
    # history
    recorded_late.RULE,
    version_rewritten.RULE,
    live_row_removed.RULE,
    live_without_why.RULE,
    recorded_edit_lost.RULE,
    edit_does_not_fit.RULE,
    # platforms
    platform_not_checked.RULE,
    not_in_sheet.RULE,
    not_on_platform.RULE,
    live_mismatch.RULE,
    stage_mismatch.RULE,
    date_mismatch.RULE,
    data_source_mismatch.RULE,
)


def rule(rule_id: str) -> Rule:
    """The rule of an id. Raises KeyError where there is none."""
    for candidate in RULES:
        if candidate.id == rule_id:
            return candidate
    raise KeyError(rule_id)
