"""Folders that a cloud client syncs, told by their names, variables and markers."""

from __future__ import annotations

from pathlib import Path

import pytest

from registry_sheets.workbooks.excel.cloud import cloud_synced


def told(path: Path, environ: dict[str, str] | None = None, disk: str = "ext4") -> str | None:
    return cloud_synced(path, environ or {}, lambda path: disk)


@pytest.mark.parametrize(
    ("folder", "name"),
    [
        ("OneDrive", "OneDrive"),
        ("OneDrive - Contoso Ltd", "OneDrive"),
        ("Library/CloudStorage/OneDrive-Contoso", "OneDrive"),
        ("Contoso/Team - SharePoint/Documents", "SharePoint"),
        ("Dropbox", "Dropbox"),
        ("Dropbox (Contoso)/models", "Dropbox"),
        ("Google Drive/models", "Google Drive"),
        ("Library/CloudStorage/GoogleDrive-a@example.com/My Drive", "Google Drive"),
        ("Library/Mobile Documents/com~apple~CloudDocs/models", "iCloud"),
        ("iCloudDrive", "iCloud"),
        ("Nextcloud", "Nextcloud"),
    ],
)
def test_known_by_the_folders_name(tmp_path: Path, folder: str, name: str) -> None:
    assert told(tmp_path / folder / "models.xlsx") == name


@pytest.mark.parametrize("folder", ["models", "my dropbox backups", "OneDriveOld", "box", "drive", "clients/My report"])
def test_other_folders_are_local(tmp_path: Path, folder: str) -> None:
    assert told(tmp_path / folder / "models.xlsx") is None


def test_a_file_of_such_a_name_is_local(tmp_path: Path) -> None:
    assert told(tmp_path / "Dropbox") is None


@pytest.mark.parametrize("variable", ["OneDrive", "OneDriveCommercial", "OneDriveConsumer"])
def test_known_by_onedrives_variables(tmp_path: Path, variable: str) -> None:
    environ = {variable: str(tmp_path / "work files")}
    assert told(tmp_path / "work files" / "models.xlsx", environ) == "OneDrive"
    assert told(tmp_path / "other" / "models.xlsx", environ) is None
    assert told(tmp_path / "models.xlsx", {variable: ""}) is None


@pytest.mark.parametrize(
    ("marker", "name"), [(".dropbox.cache", "Dropbox"), (".tmp.driveupload", "Google Drive"), (".dropbox", "Dropbox")]
)
def test_known_by_what_the_client_leaves(tmp_path: Path, marker: str, name: str) -> None:
    (tmp_path / marker).touch()
    assert told(tmp_path / "a" / "b" / "models.xlsx") == name


def test_dropboxs_own_settings_do_not_make_a_home_folder_synced(tmp_path: Path) -> None:
    (tmp_path / ".dropbox").mkdir()
    assert told(tmp_path / "models.xlsx") is None


@pytest.mark.parametrize(
    ("disk", "name"),
    [
        ("nfs4", "a network drive"),
        ("cifs", "a network drive"),
        ("fuse.sshfs", "a network drive"),
        ("fuse.onedriver", "OneDrive"),
        ("fuse.drivefs", "Google Drive"),
        ("ext4", None),
        ("9p", None),
        ("", None),
    ],
)
def test_known_by_the_disk(tmp_path: Path, disk: str, name: str | None) -> None:
    assert told(tmp_path / "models.xlsx", disk=disk) == name


def test_links_are_followed(tmp_path: Path) -> None:
    (tmp_path / "Dropbox").mkdir()
    (tmp_path / "models").symlink_to(tmp_path / "Dropbox")
    assert told(tmp_path / "models" / "models.xlsx") == "Dropbox"
