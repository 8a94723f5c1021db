"""Where `init` writes its settings: the config beside the workbook, or the one that was named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from registry_sheets.config import CONFIG_NAME, RegistryConfig, load, read_file, same_sheet
from registry_sheets.config_reading import is_ours
from registry_sheets.errors import CannotSave, ConfigProblem, RegistrySheetsError
from registry_sheets.operations.config_file import Block, block_lines, column_line, free_name, sheet_path, with_block
from registry_sheets.operations.publishing import write_if_changed


def config_for(sheet: str | Path, named: Path | None) -> RegistryConfig:
    """What is configured for a workbook before it has a block of its own. Raises ConfigProblem."""
    return load(named if named and named.exists() else None, sheet).registries[0]


@dataclass(frozen=True)
class ConfigPlan:
    """The file and the block to write into it; ``there`` is the file that names the workbook already.

    ``unsettled`` are the columns that were mapped now and that such a file does not map: field -> heading.
    """

    path: Path
    block: Block
    there: Path | None = None
    unsettled: Mapping[str, str] = field(default_factory=dict)

    def check(self) -> None:
        """Raises ConfigProblem where the block could not be added; nothing is written."""
        self._content()

    def lines(self) -> list[str]:
        """The block's lines."""
        return block_lines(self.block)

    def write(self) -> str:
        """Write it; gives a sentence about it. Raises ConfigProblem, CannotSave."""
        if self.there:
            return f"{self.there} names it already; it is as it was.{self._left()}"
        new = not self.path.exists()
        write_if_changed(self.path.resolve(), self._content())
        return f"{'Settings written to' if new else 'Added to'} {self.path}."

    def _left(self) -> str:
        """What is left to a person, where the file has a block already."""
        if not self.unsettled:
            return ""
        lines = ", and ".join(column_line(name, heading) for name, heading in self.unsettled.items())
        return f" It does not map what was mapped now: put under [registry.columns] of that block {lines}"

    def write_after(self, label: str) -> str:
        """As write, where the workbook is written already: a failure says what is left to do."""
        try:
            return self.write()
        except RegistrySheetsError as error:
            lines = "\n".join(self.lines())
            raise CannotSave(
                f"{label} is written, but its settings are not: {error.message}",
                f"Mend that and run the same command again (for a list, without --from), or put these lines into "
                f"{self.path} yourself:\n{lines}",
            ) from None

    def _content(self) -> bytes:
        before = _bytes(self.path)
        return b"" if self.there else with_block(before, self.block, self.path)


def plan_config(registry: RegistryConfig, named: Path | None, block: Block) -> ConfigPlan:
    """Where the block goes, with a name that no other registry has. Raises ConfigProblem."""
    path = named or registry.sheet.folder / CONFIG_NAME
    there = _naming(registry, path)
    if there is None and named is None and path.exists() and not is_ours(path):
        lines = "\n".join(block_lines(replace(block, sheet=sheet_path(registry.sheet, path.parent))))
        raise ConfigProblem(
            f"{path} belongs to another program, so nothing is added to it.",
            f"Name another file, such as --config {path.with_name('registry-sheets.toml')}; it will hold:\n{lines}",
        )
    taken = [other.slug for other in read_file(path).registries] if path.exists() and is_ours(path) else []
    block = replace(block, sheet=sheet_path(registry.sheet, path.parent), name=free_name(block.name, taken))
    known = registry.settings.columns if there else {}
    return ConfigPlan(path, block, there, {n: h for n, h in block.columns.items() if there and known.get(n) != h})


def _naming(registry: RegistryConfig, path: Path) -> Path | None:
    """The config that has a block for this workbook already."""
    for file in dict.fromkeys((registry.file, path)):
        if file is None or not file.exists() or not is_ours(file):
            continue
        if any(same_sheet(other.sheet, registry.sheet) for other in read_file(file).registries):
            return file
    return None


def _bytes(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ConfigProblem(f"{path} cannot be read: {error.strerror}.", "Check the path and its rights.") from None
