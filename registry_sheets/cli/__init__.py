"""The command line: flags -> one operation -> exit code."""

from __future__ import annotations

import gc
import os


def main() -> None:
    """Run the command `registry-sheets` and leave with its exit code."""
    # What a command makes lives until it ends: the collector would walk through a million cells over and over.
    gc.disable()
    # The settings need no plugins of pydantic, and looking for some reads what every installed package says of itself.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    try:
        _run()
    except KeyboardInterrupt:  # before the commands are there to answer it
        raise SystemExit(130) from None
    finally:
        gc.freeze()  # or the interpreter collects all of it once more on its way out, a fifth of a small check


def _run() -> None:
    from registry_sheets.cli.streams import steady_streams

    steady_streams()
    from registry_sheets.cli.app import app

    app(prog_name="registry-sheets")
