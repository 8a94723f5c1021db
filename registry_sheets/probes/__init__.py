"""Asks links and paths whether they are there, for the rule broken-link.

Three answers, never two: it is there, it leads nowhere, nothing is known. A server that is down, a network
that is not reached, a page behind a sign-in or a drive of another machine says nothing about the link, so
it is never called broken; a pass that meets one is incomplete.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from registry_sheets.probes.answers import Answers, LeadsNowhereError, NotKnownError
from registry_sheets.probes.paths import ask_path, path_in
from registry_sheets.probes.web import ask_web, is_web

__all__ = ["Answers", "probe"]

_LONGEST = 4096


def probe(
    links: Iterable[str], folder: Path, *, timeout: float = 5.0, at_most: int = 4, budget: float = 300.0
) -> Answers:
    """Ask each distinct link once; never raises for what a link holds.

    Args:
        links: http(s) addresses, file: addresses and file paths, as people typed them.
        folder: where the workbook is; relative paths start there.
        timeout: seconds for one link, redirects included.
        at_most: how many are asked at once.
        budget: seconds for all; links whose turn has not come by then are not asked.
    """
    wanted = [link for link in dict.fromkeys(links) if _is_askable(link)]
    end = time.monotonic() + budget
    pool = ThreadPoolExecutor(max_workers=at_most, thread_name_prefix="probe")
    try:
        asked = list(pool.map(lambda link: _ask(link, folder, timeout, end), wanted))
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
    outcomes = dict(zip(wanted, asked, strict=True))
    return Answers(
        links={link: problem for link, (problem, reason) in outcomes.items() if not reason},
        not_asked={link: reason for link, (_, reason) in outcomes.items() if reason},
    )


def _is_askable(link: str) -> bool:
    text = link.strip()
    if len(text) > _LONGEST or not text.isprintable():
        return False
    return is_web(text) or path_in(text) is not None


def _ask(link: str, folder: Path, timeout: float, end: float) -> tuple[str, str]:
    """(what is wrong, why nothing is known), both '' where the link is there."""
    text = link.strip()
    if time.monotonic() >= end:
        return "", "there was no time left to ask it"
    try:
        if is_web(text):
            ask_web(text, timeout)
        else:
            ask_path(path_in(text) or text, folder)
    except LeadsNowhereError as error:
        return str(error), ""
    except NotKnownError as error:
        return "", str(error)
    except Exception as error:  # whatever people typed: one link never ends the pass
        return "", f"it could not be understood ({type(error).__name__})"
    return "", ""
