"""The outbox as files: whole or not there, in order, and never broken by what else lies in its folder."""

from __future__ import annotations

import json
import os
import signal
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from registry_sheets.errors import CannotSave, EditRefused
from registry_sheets.registry.edits.edit import NewRow, Plan
from registry_sheets.state import outbox as module
from registry_sheets.state.outbox import Outbox, OutboxBusy, became

PLAN = Plan("record a 1", (NewRow("a", "1", {"name": "a", "version": "1"}),))


@pytest.fixture
def outbox(tmp_path: Path) -> Outbox:
    (tmp_path / "models.xlsx").touch()
    return Outbox(tmp_path / "models.xlsx")


def test_nothing_is_made_before_an_edit_goes_in(outbox: Outbox, tmp_path: Path) -> None:
    assert outbox.read().edits == ()
    assert outbox.get("x") is None
    assert [path.name for path in tmp_path.iterdir()] == ["models.xlsx"]


def test_what_goes_in_comes_out_in_order(outbox: Outbox) -> None:
    made = [outbox.add(PLAN, "record", "ana@laptop") for _ in range(20)]
    assert list(outbox.read().edits) == made
    assert outbox.get(made[3].id) == made[3]


def test_it_stands_beside_the_workbook_itself(tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared" / "models.xlsx").touch()
    (tmp_path / "link.xlsx").symlink_to(tmp_path / "shared" / "models.xlsx")
    assert Outbox(tmp_path / "link.xlsx").folder == tmp_path / "shared" / ".models.xlsx.outbox"


def test_order_holds_where_another_machines_clock_is_ahead(outbox: Outbox) -> None:
    first = outbox.add(PLAN, "record", "ana@laptop")
    ahead = datetime.now(UTC) + timedelta(days=3)
    name = f"{ahead.strftime(module._MOMENT)}-ffffff"
    plain = json.loads((outbox.folder / f"{first.id}.json").read_text()) | {"id": name}
    (outbox.folder / f"{name}.json").write_text(json.dumps(plain))
    last = outbox.add(PLAN, "record", "ana@laptop")
    assert [edit.id for edit in outbox.read().edits] == [first.id, name, last.id]


def test_states_are_kept(outbox: Outbox) -> None:
    edit = outbox.add(PLAN, "record", "ana@laptop")
    outbox.put(became(edit, "unfit", "because"))
    assert [(one.state, one.reason) for one in outbox.read().edits] == [("unfit", "because")]
    outbox.put(became(edit, "applied"))
    assert outbox.read().in_state("applied")[0].applied
    outbox.remove([edit])
    outbox.remove([edit])
    assert outbox.read().edits == ()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "damaged"),
        (b"\xff\xfe", "damaged"),
        (b"[1]", "no recorded edit"),
        (b"{}", "no recorded edit"),
        (b'{"format": 1}', "damaged"),
        (b'{"format": 99}', "newer version"),
        (b"[" * 100_000, "damaged"),
    ],
)
def test_other_files_are_named_and_left_alone(outbox: Outbox, content: bytes, why: str) -> None:
    edit = outbox.add(PLAN, "record", "ana@laptop")
    other = outbox.folder / "20260101T000000000000Z-bad.json"
    other.write_bytes(content)
    (outbox.folder / "Thumbs.db").write_bytes(b"x")
    found = outbox.read()
    assert found.edits == (edit,)
    assert len(found.notices) == 1
    assert str(other) in found.notices[0]
    assert why in found.notices[0]
    assert other.read_bytes() == content
    assert outbox.add(PLAN, "record", "ana@laptop").id > edit.id


@pytest.mark.skipif(os.name != "posix", reason="pipes, devices and links by their names")
@pytest.mark.parametrize("kind", ["pipe", "folder", "device", "endless device", "dangling link", "link", "large"])
def test_what_is_no_plain_file_is_named_and_never_waited_for(outbox: Outbox, tmp_path: Path, kind: str) -> None:
    edit = outbox.add(PLAN, "record", "ana@laptop")
    other, good = outbox.folder / "20260101T000000000000Z-bad.json", outbox.folder / f"{edit.id}.json"
    links = {"device": "/dev/null", "endless device": "/dev/zero", "dangling link": tmp_path / "none", "link": good}
    if kind in links:
        other.symlink_to(links[kind])
    elif kind == "large":
        other.touch()
        os.truncate(other, (100 << 20) + 1)
    else:
        os.mkfifo(other) if kind == "pipe" else other.mkdir()
    found = outbox.read()
    assert found.edits == (edit,)
    assert len(found.notices) == 1
    assert f"{other}: it is {'too large' if kind == 'large' else 'no plain file'}. Look at it" in found.notices[0]


def test_a_date_that_is_far_ahead_is_no_clock(outbox: Outbox) -> None:
    edit = outbox.add(PLAN, "record", "ana@laptop")
    (outbox.folder / "99991231T235959999999Z-abcdef.json").touch()
    later = outbox.add(PLAN, "record", "ana@laptop")
    assert edit.made < later.made < datetime.now(UTC) + timedelta(seconds=1)


def test_a_folder_that_cannot_be_read_is_not_empty(outbox: Outbox, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "iterdir", refuse)
    (notice,) = outbox.read().notices
    assert notice.startswith(f"What waits in the outbox {outbox.folder} cannot be seen: Permission denied.")


@pytest.mark.skipif(os.name != "posix", reason="modes")
@pytest.mark.parametrize(
    ("book", "around", "folder", "file"),
    [
        (0o666, 0o777, 0o777, 0o666),
        (0o660, 0o770, 0o770, 0o660),
        (0o664, 0o2775, 0o2775, 0o664),
        (0o600, 0o777, 0o700, 0o600),  # nobody else may write the workbook, whatever its folder allows
        (0o666, 0o755, 0o755, 0o644),  # nobody else can: saving replaces the file
        (0o666, 0o1777, 0o777, 0o666),
    ],
)
def test_who_may_write_the_workbook_may_use_the_outbox(
    tmp_path: Path, book: int, around: int, folder: int, file: int
) -> None:
    (tmp_path / "shared").mkdir()
    workbook = tmp_path / "shared" / "models.xlsx"
    workbook.touch()
    workbook.chmod(book)
    workbook.parent.chmod(around)
    outbox = Outbox(workbook)
    edit = outbox.add(PLAN, "record", "ana@laptop")
    outbox.put(became(edit, "unfit", "because"))
    with outbox.held(1):
        pass
    assert stat.S_IMODE(outbox.folder.stat().st_mode) == folder
    assert {stat.S_IMODE(path.stat().st_mode) for path in outbox.folder.iterdir()} == {file}


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs root")
def test_the_outbox_has_the_group_of_the_workbook(outbox: Outbox, tmp_path: Path) -> None:
    os.chown(tmp_path / "models.xlsx", 1001, 1002)
    outbox.add(PLAN, "record", "ana@laptop")
    assert {path.stat().st_gid for path in (outbox.folder, *outbox.folder.iterdir())} == {1002}


def test_a_lock_that_may_not_be_taken_says_what_to_do(outbox: Outbox, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    outbox.add(PLAN, "record", "ana@laptop")
    monkeypatch.setattr("filelock.FileLock.acquire", refuse)
    told = r"cannot be locked: Permission denied\. Give this account the right to write in that folder"
    with pytest.raises(CannotSave, match=told), outbox.held(1):
        pass


def test_a_file_under_another_name_is_not_taken_for_an_edit(outbox: Outbox) -> None:
    edit = outbox.add(PLAN, "record", "ana@laptop")
    copy = outbox.folder / f"{edit.id} (conflicted copy).json"
    copy.write_bytes((outbox.folder / f"{edit.id}.json").read_bytes())
    found = outbox.read()
    assert found.edits == (edit,)
    assert "its name is not that of the edit" in found.notices[0]


def test_edits_are_found_by_the_beginning_or_the_end_of_an_id(outbox: Outbox) -> None:
    one, other = (outbox.add(PLAN, "record", "ana@laptop") for _ in range(2))
    assert outbox.find(one.id) == one
    assert outbox.find(other.id.rpartition("-")[2]) == other
    for said in ("2", "x", ""):
        with pytest.raises(EditRefused, match="registry-sheets outbox"):
            outbox.find(said)


def test_a_folder_that_cannot_be_written_says_that_nothing_was_recorded(
    outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module, "_write_new", refuse)
    with pytest.raises(CannotSave, match=r"Nothing was recorded.*No space left"):
        outbox.add(PLAN, "record", "ana@laptop")
    monkeypatch.undo()
    edit = outbox.add(PLAN, "record", "ana@laptop")
    monkeypatch.setattr(module, "_write_new", refuse)
    with pytest.raises(CannotSave):
        outbox.put(became(edit, "applied"))
    assert outbox.get(edit.id) == edit


def test_a_file_system_without_second_names(outbox: Outbox, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(os, "link", refuse)
    edit = outbox.add(PLAN, "record", "ana@laptop")
    assert outbox.read().edits == (edit,)
    assert sorted(path.name for path in outbox.folder.iterdir()) == [f"{edit.id}.json", "lock"]


def test_halves_of_killed_runs_go_after_a_while(outbox: Outbox) -> None:
    outbox.add(PLAN, "record", "ana@laptop")
    old, new = outbox.folder / "a.half", outbox.folder / "b.half"
    for half in (old, new):
        half.touch()
    os.utime(old, (0, 0))
    outbox.add(PLAN, "record", "ana@laptop")
    assert (old.exists(), new.exists()) == (False, True)
    assert len(outbox.read().edits) == 2


def test_one_run_at_a_time(outbox: Outbox) -> None:
    outbox.add(PLAN, "record", "ana@laptop")
    with outbox.held(1), pytest.raises(OutboxBusy), Outbox(outbox.folder.parent / "models.xlsx").held(0):
        pass
    with outbox.held(0):
        pass


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_killed_at_any_step_an_edit_is_there_whole_or_not_at_all(
    outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed at each call into the system that makes an edit, or changes its state."""
    edit = outbox.add(PLAN, "record", "ana@laptop")
    for action, kept in (
        (lambda: outbox.add(PLAN, "record", "b@x"), 0),
        (lambda: outbox.put(became(edit, "unfit")), 1),
    ):
        for name in ("fsync", "link", "unlink", "replace", "open"):
            child = os.fork()
            if child == 0:
                monkeypatch.setattr(os, name, lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL))
                action()
                os._exit(0)
            os.waitpid(child, 0)
            found = outbox.read()
            assert found.notices == ()
            assert found.edits[0].id == edit.id
            assert kept == 0 or len(found.edits) >= 1


def test_what_could_not_be_read_again_is_refused(outbox: Outbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_LARGEST", module._ROOM + 1000)
    large = Plan("import 1 row", (NewRow("a", "1", {"name": "a", "version": "1", "why": "x" * 1000}),))
    with pytest.raises(EditRefused, match="'import 1 row' is too much at once"):
        outbox.add(large, "import", "ana@laptop")
    assert outbox.read().edits == ()
    assert outbox.read().notices == ()
    assert outbox.add(PLAN, "record", "ana@laptop") == outbox.read().edits[0]
