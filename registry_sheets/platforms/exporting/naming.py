"""Which model of a platform is which of the sheet, and what those are called that are not there yet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from registry_sheets.platforms.exporting.base import RegistryTarget, ThereModel
from registry_sheets.registry.identity import normalise
from registry_sheets.registry.platforms.leaving import MODEL_TAG, LeavingModel
from registry_sheets.registry.platforms.naming import SheetNames, loose, name_in_sheet
from registry_sheets.registry.platforms.terms import PlatformTerms


class Homes:
    """Where each model of the sheet is on a platform, or will be."""

    def __init__(self, models: Sequence[LeavingModel], target: RegistryTarget, terms: PlatformTerms) -> None:
        self._models = models
        self._target = target
        self._terms = terms
        self._names = SheetNames({one.key: one.name for one in models})
        self._titles = {one.key: self._title(one) for one in models}
        self._candidates = {loose(title) for one in models for title in self._ways(one)}

    def may_be(self, title: str) -> bool:
        """Whether a platform's model may be one of the sheet's, by its name alone."""
        return loose(title) in self._candidates or self._key(title) in self._names.names

    def found(self, there: Iterable[ThereModel]) -> Mapping[str, tuple[str, ThereModel | None]]:
        """Key of a model -> its name there, and what is there of it, None where it has to be made.

        A model that bears the mark of an earlier export is the one, whatever it is called; then one that a check would
        take for it (its name, as the config maps it); else a name that nobody has.
        """
        listed = sorted(there, key=lambda model: model.name)
        homes = self._marked(listed) | self._named(listed, self._marked(listed))
        taken = {model.name.casefold() for model in listed}
        found: dict[str, tuple[str, ThereModel | None]] = {key: (home.name, home) for key, home in homes.items()}
        for one in self._models:
            if one.key not in found:
                found[one.key] = (self._free(one, taken), None)
                taken.add(found[one.key][0].casefold())
        return found

    def former(self, there: Sequence[ThereModel]) -> list[str]:
        """What an export made for a model that the sheet does not have (any more), by its name there."""
        marks = {one.id for one in self._models}
        homes = {home.name for _, home in self.found(there).values() if home}
        return [one.name for one in there if one.tags.get(MODEL_TAG, "") not in {"", *marks} and one.name not in homes]

    def _marked(self, there: Iterable[ThereModel]) -> dict[str, ThereModel]:
        keys = {one.id: one.key for one in self._models}
        found: dict[str, ThereModel] = {}
        for model in there:
            if key := keys.get(model.tags.get(MODEL_TAG, "")):
                found.setdefault(key, model)
        return found

    def _named(self, there: Iterable[ThereModel], marked: Mapping[str, ThereModel]) -> dict[str, ThereModel]:
        """By name, exact before loose; never one that an export made for another model of the sheet.

        One whose mark is of no model of the sheet was made for one that is called otherwise now: people renamed both.
        """
        marks = {one.id for one in self._models}
        found: dict[str, ThereModel] = {}
        for model in there:
            key = self._key(model.name)
            if key in marked or key not in self._names.names or model.tags.get(MODEL_TAG) in marks:
                continue
            if key not in found or normalise(model.name) == key:
                found[key] = model
        return found

    def _key(self, title: str) -> str:
        return self._names.key_of(name_in_sheet(self._terms, title))

    def _title(self, model: LeavingModel) -> str:
        """As people map it, else as the platform can take its name."""
        said = (there for there, name in self._terms.names.items() if normalise(name) == model.key)
        wanted = next((there for there in said if "*" not in there), "")
        return wanted if wanted and self._target.title(wanted) == wanted else self._target.title(model.name)

    def _ways(self, model: LeavingModel) -> Iterable[str]:
        title = self._titles[model.key]
        return title, self._apart(title, model)

    def _free(self, model: LeavingModel, taken: set[str]) -> str:
        title, apart = self._ways(model)
        return apart if title.casefold() in taken else title

    def _apart(self, title: str, model: LeavingModel) -> str:
        """The name with the model's mark, for where another has it already."""
        return self._target.title(f"{title[:40]}-{model.id[:8]}")
