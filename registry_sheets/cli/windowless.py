"""The command where there is neither window nor terminal (pythonw.exe): what it says goes into a log file.

`pythonw -m registry_sheets.cli.windowless LOG serve --config FILE`
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

SIZE_LIMIT = 10 * 2**20
"""A larger log is put aside at the start, as LOG.1; the one before that goes."""


def main() -> None:
    """Send output and errors to the file named first, then run the command with the rest."""
    log = Path(sys.argv.pop(1))
    redirect(log)
    from registry_sheets.cli import main as command

    command()


def redirect(log: Path) -> None:
    """Append all output to ``log``, that of libraries in C too. Raises OSError."""
    log.parent.mkdir(parents=True, exist_ok=True)
    if log.exists() and log.stat().st_size > SIZE_LIMIT:
        log.replace(log.with_name(f"{log.name}.1"))
    stream = log.open("a", encoding="utf-8", errors="replace", buffering=1)
    for number in (1, 2):
        os.dup2(stream.fileno(), number)
    sys.stdout = sys.stderr = stream


if __name__ == "__main__":
    main()
