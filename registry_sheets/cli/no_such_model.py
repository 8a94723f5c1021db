"""What is said to a question about a model that no registry knows: the names that are near."""

from __future__ import annotations

from collections.abc import Sequence

from registry_sheets.cli.failures import ExitCode, say
from registry_sheets.operations.asking import ChangesAnswer, LiveAnswer
from registry_sheets.registry.identity import normalise
from registry_sheets.registry.wording import listed

Answer = ChangesAnswer | LiveAnswer


def knows(answer: Answer) -> bool:
    """Whether the registry knows the model that was asked for; it does where none was."""
    wanted = normalise(answer.model)
    return not wanted or wanted in map(normalise, answer.names)


def nobody_knows(answers: Sequence[Answer]) -> bool:
    """Whether none of the registries does."""
    return bool(answers) and not any(map(knows, answers))


def no_such_model(answers: Sequence[Answer]) -> ExitCode:
    """Say so, with the names that it may have been."""
    import difflib

    wanted = answers[0].model
    names = {normalise(name): name for answer in answers for name in answer.names}
    close = difflib.get_close_matches(normalise(wanted), names, n=3)
    known = [names[key] for key in close] or sorted(names.values(), key=str.casefold)
    if not known:
        hint = "It names no model yet."
    else:
        hint = f"Did you mean {listed(known)}?" if close else f"The models are: {listed(known, 10)}."
    say(f"There is no model '{wanted}' in {listed([answer.look.label for answer in answers])}. {hint}")
    return ExitCode.UNUSABLE
