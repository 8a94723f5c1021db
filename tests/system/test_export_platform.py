"""The way out into a real MLflow server, seen by MLflow's own client, over a line on which things go wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from registry_sheets.operations.transfer_platform import Left, export_platform
from registry_sheets.platforms.exporting.mlflow import MlflowTarget
from registry_sheets.registry.columns import COLUMNS
from registry_sheets.registry.platforms.terms import PlatformTerms
from registry_sheets.registry.table import ModelTable
from tests.support.command import run
from tests.support.editing import texts
from tests.support.platforms.leaving import HOSTILE, live, table
from tests.support.platforms.line import Fault, Line, line_to
from tests.support.platforms.mlflow_server import MlflowServer, mlflow_server
from tests.support.registries import checked_registry, version
from tests.support.workbooks import make

TERMS = PlatformTerms("ours", "mlflow")
ROWS = (
    version(version="3.0", stage="Archived", why="The first\nof its kind"),
    version(),
    version(name="Price: spot/day", version="final", stage="Testing", location=""),
    version(name="Vans", version="v1", location="Oslo", used_for=""),
    version(name="Vans", version="v2", location="Rome", used_for=""),
)


@pytest.fixture
def server() -> MlflowServer:
    found = mlflow_server()
    found.reset()
    return found


@pytest.fixture
def line(server: MlflowServer) -> Iterator[Line]:
    with line_to(server.url) as found:
        yield found


def export(rows: ModelTable, url: str, apply: bool = True, seconds: float = 20.0) -> Left:
    target = MlflowTarget("MLflow", url, seconds, environment={})
    try:
        return export_platform(rows, target, TERMS, apply)
    finally:
        target.close()


def seen(server: MlflowServer) -> Mapping[str, Any]:
    """All that MLflow's own client sees, but for when it was written."""
    client = server.client()
    models = {one.name: (one.description, one.tags, one.aliases) for one in client.search_registered_models()}
    versions = [
        (one.name, int(one.version), one.description, one.source, one.run_id, one.run_link, tuple(one.tags.items()))
        for one in client.search_model_versions()
    ]
    return {"models": models, "versions": sorted(versions, key=lambda one: one[:2])}


def writes(asked: Sequence[str]) -> list[str]:
    return [one for one in asked if not one.startswith("GET ")]


def test_the_command_shows_then_writes_then_has_nothing_to_do(server: MlflowServer, tmp_path: Path) -> None:
    checked_registry(tmp_path / "m.xlsx", ROWS)
    command = ("export", "mlflow", "--url", server.url, "--sheet", "m.xlsx")
    shown = run(*command, folder=tmp_path)
    assert shown.returncode == 0, shown.stderr
    assert "Would be written to MLflow at" in shown.stdout
    assert "+ AC failure 3.1; training_date: 2026-03-04" in shown.stdout
    assert "a new model, called Price- spot-day" in shown.stdout
    assert "What does not carry over to MLflow:" in shown.stdout
    assert seen(server) == {"models": {}, "versions": []}
    done = run(*command, "--apply", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    before = seen(server)
    models = before["models"]
    assert models["AC failure"][2] == {"champion": "2"}
    assert models["Vans"][2] == {"champion-oslo": "1", "champion-rome": "2"}
    assert models["AC failure"][0].startswith("Live: 3.1 (Rooftop units at Service desk app): Fewer")
    again = run(*command, "--apply", folder=tmp_path)
    assert again.returncode == 0
    head, *rest = again.stdout.splitlines()
    assert head.startswith("Nothing to do: MLflow at")
    alike = "There already, and alike: 5 versions; texts that do not fit as they are: 1."
    assert rest == [f"{alike} --all tells which."]
    assert seen(server) == before
    as_json = json.loads(run(*command, "--format", "json", folder=tmp_path).stdout)
    assert (as_json["state"], as_json["steps"], as_json["unchanged"]) == ("planned", [], 5)


def test_what_it_ends_with_is_a_config_that_holds_the_sheet_against_it(server: MlflowServer, tmp_path: Path) -> None:
    checked_registry(tmp_path / "m.xlsx", [*ROWS, *(version(name=f"M{n}", location=f'At "{n}"') for n in range(9))])
    config = tmp_path / "config.toml"
    registry = '[[registry]]\nname = "ours"\nsheet = "m.xlsx"\n'
    config.write_text(registry)
    command = ("export", "mlflow", "--url", f"{server.url}/")
    assert "[[platform]]" not in run(*command, folder=tmp_path).stdout
    said = run(*command, "--apply", folder=tmp_path).stdout
    _, _, blocks = said.partition("so that reconcile and live --verified hold the sheet against it:\n")
    assert blocks.startswith(f'\n[[platform]]\nkind = "mlflow"\nurl = "{server.url}"\n[[location]]\n')
    assert blocks.count("[[location]]") == 10
    assert blocks.endswith("# and so for 2 more locations\n")
    config.write_text(registry + blocks)
    done = run("reconcile", "--format", "json", folder=tmp_path)
    assert (done.returncode, json.loads(done.stdout)["findings"]) == (0, []), done.stderr
    live = run("live", "--verified", "--format", "json", folder=tmp_path)
    assert live.stdout.count('"confirmed"') == 10, live.stdout
    assert "Nothing to do" in run("export", "mlflow", "--apply", folder=tmp_path).stdout
    server.reset()
    named = run("export", "mlflow", "--apply", folder=tmp_path).stdout
    assert "[[platform]]" not in named
    assert named.count("[[location]]") == 2


def test_with_all_of_it_in_the_config_the_command_that_holds_it_is_named(server: MlflowServer, tmp_path: Path) -> None:
    checked_registry(tmp_path / "m.xlsx", [version()])
    (tmp_path / "config.toml").write_text(
        f'[[platform]]\nkind = "mlflow"\nname = "our mlflow"\nurl = "{server.url}"\n[[location]]\n'
        'name = "service desk APP"\nplatform = "our mlflow"\n[[registry]]\nsheet = "m.xlsx"\n'
    )
    said = run("export", "our mlflow", "--apply", folder=tmp_path).stdout
    assert said.endswith('Hold the sheet against it with: registry-sheets reconcile "our mlflow"\n')
    assert "+ " not in run("export", "our mlflow", "--apply", folder=tmp_path).stdout


def test_of_what_stays_as_it_is_one_line_tells_where_nothing_is_to_do(server: MlflowServer, tmp_path: Path) -> None:
    server.seed("ac-failure", 1, aliases={"champion": 1})
    checked_registry(
        tmp_path / "m.xlsx", [version(version="1", stage="Archived"), version(version="2"), version(name="")]
    )
    command = ("export", "mlflow", "--url", server.url, "--sheet", "m.xlsx", "--apply")
    assert "Somebody else's there" in run(*command, folder=tmp_path).stdout
    again = run(*command, folder=tmp_path).stdout.splitlines()
    assert len(again) == 2
    assert again[1].startswith(
        "There already, and alike: 2 versions; somebody else's there, and left as it is: 1; rows"
    )
    assert again[1].endswith("--all tells which.")
    whole = run(*command, "--all", folder=tmp_path).stdout
    assert "Somebody else's there, and left as it is:\n" in whole
    assert "What does not carry over" not in whole


def test_out_and_in_again_all_that_people_said_is_there(server: MlflowServer, tmp_path: Path) -> None:
    headings = [*(c.header for c in COLUMNS), "Metric: MAPE (holidays)", "Metric: auc", "Team", "Notes (a/b): own"]
    first = ["AC failure", "3.0", date(2026, 3, 4), "CRM export", "Desk", "Archived", "ana@example.com; Ben"]
    first += ["Roofs", "Spring", "Ben", "Better", date(2026, 3, 9), date(2026, 6, 1), "https://x/run", "s3://x", 90]
    rows: list[list[Any]] = [
        [*first, 0.1, 12, "007", "x"],
        ["AC failure", "3.10", date(2026, 4, 4), "CRM export", "Desk", "Production", "ana@example.com", *[""] * 9, 0.2],
        ["Price: spot/day", "final", "", "", "", "Testing", "Kim"],
        ["Vans", "v1", "", "A; B", "Oslo", "Production", "Kim", "Cellar", *[""] * 8, 1, 2, "Red", "y"],
        ["Vans", "v1", "", "A; B", "Rome", "Testing", "Ben", "Cellar", *[""] * 8, 3, 4, "Blue", "z"],
        ["Vans", "v2", "", "A; B", "Rome", "", ""],
    ]
    width = len(headings)
    make(tmp_path / "m.xlsx", [(*row, *[""] * (width - len(row))) for row in rows], headings)
    make(tmp_path / "new.xlsx", [])
    config = '[[registry]]\nname = "{0}"\nsheet = "{0}.xlsx"\n[[registry.platform]]\nkind = "mlflow"\nurl = "{1}"\n'
    (tmp_path / "config.toml").write_text("".join(config.format(name, server.url) for name in ("m", "new")))
    assert run("export", "mlflow", "--registry", "m", "--apply", folder=tmp_path).returncode == 0
    command = ("import", "mlflow", "--registry", "new", "--every-version", "--apply")
    done = run(*command, folder=tmp_path)
    assert done.stdout.startswith("Added to new.xlsx: 6 rows."), done.stdout + done.stderr
    assert filled(tmp_path / "new.xlsx") == filled(tmp_path / "m.xlsx")
    assert run(*command, folder=tmp_path).stdout.startswith("Nothing to add to new.xlsx.")


def filled(path: Path) -> list[list[tuple[str, str]]]:
    """Each row's cells with their headings, sorted; blank cells left out."""
    headings, *found = texts(path, "Models")
    return sorted(sorted((head, cell) for head, cell in zip(headings, row, strict=True) if cell) for row in found)


def test_the_config_says_where_and_its_names_hold(server: MlflowServer, tmp_path: Path) -> None:
    checked_registry(tmp_path / "m.xlsx", [version()])
    (tmp_path / "config.toml").write_text(
        f'[[registry]]\nsheet = "m.xlsx"\n[[registry.platform]]\nkind = "mlflow"\nname = "our mlflow"\n'
        f'url = "{server.url}"\nnames = {{ "ac_fail" = "AC failure" }}\n'
    )
    assert run("export", "our mlflow", "--apply", folder=tmp_path).returncode == 0
    assert list(seen(server)["models"]) == ["ac_fail"]
    assert run("export", "mlflow", folder=tmp_path).stdout.startswith("Nothing to do")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("mlflow",), "It is not said where the platform is"),
        (("kubeflow",), "An export does not go to kubeflow"),
        (("mlflow", "--region", "eu-west-1"), "--region says nothing to mlflow"),
        (("copy.xlsx", "--url", "http://x"), "--url is about a platform"),
        (("copy.xlsx", "--apply"), "--apply is about an export to a platform"),
        (("mlflow", "--url", "http://ana:secret@x"), "--url takes an address"),
        (("sagemaker",), "It is not said where the platform is"),
    ],
)
def test_what_is_not_clear_is_asked_for(tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    checked_registry(tmp_path / "m.xlsx", [version()])
    done = run("export", *arguments, "--sheet", "m.xlsx", folder=tmp_path)
    assert done.returncode == 2
    assert said in done.stderr
    assert "secret" not in done.stderr
    assert not (tmp_path / "copy.xlsx").exists()


def test_a_server_that_is_not_there_is_exit_code_3(tmp_path: Path) -> None:
    checked_registry(tmp_path / "m.xlsx", [version()])
    with line_to("http://127.0.0.1:9") as line:
        line.denied(401)
        done = run("export", "mlflow", "--url", line.url, "--sheet", "m.xlsx", "--apply", folder=tmp_path)
    assert done.returncode == 3
    assert "It does not take the sign-in" in done.stderr
    assert "MLFLOW_TRACKING_TOKEN" in done.stderr


@pytest.mark.parametrize("kind", ["before", "after"])
def test_a_reply_that_is_lost_at_any_write_makes_nothing_twice(server: MlflowServer, line: Line, kind: str) -> None:
    rows = table(live("1", "Munich"), live("2", "Berlin"))
    export(rows, server.url)
    expected = seen(server)
    server.reset()
    export(rows, line.url)
    count = len(writes(line.asked))
    assert count == 7
    for at in range(count):
        server.reset()
        fault = Fault("answer", 503, b"{}") if kind == "before" else Fault("cut")
        fault.where, fault.after, fault.times = "^(POST|PATCH|DELETE) ", at, 1
        line.faults[:] = [fault]
        assert export(rows, line.url).complete
        assert seen(server) == expected


def test_broken_off_it_says_what_was_done_and_goes_on_from_there(
    server: MlflowServer, line: Line, tmp_path: Path
) -> None:
    checked_registry(tmp_path / "m.xlsx", ROWS)
    line.fails(where="^POST ", after=3)
    command = ("export", "mlflow", "--url", line.url, "--sheet", "m.xlsx", "--apply")
    done = run(*command, folder=tmp_path)
    assert done.returncode == 3
    assert "3 changes made and 8 not" in done.stderr
    assert "Not done: 8 changes." in done.stdout
    assert "oops" in done.stderr
    line.well()
    assert run(*command, folder=tmp_path).returncode == 0
    whole = seen(server)
    server.reset()
    run(*command, folder=tmp_path)
    assert seen(server) == whole


def test_a_tired_server_is_waited_for(server: MlflowServer, line: Line) -> None:
    line.faults.append(Fault("answer", 429, b"{}", {"Retry-After": "0"}, where="^POST", times=2))
    assert export(table(("AC", "1")), line.url).complete
    assert len(seen(server)["versions"]) == 1


def test_without_rights_to_write_it_says_which_are_missing(server: MlflowServer, line: Line) -> None:
    line.denied(where="^POST")
    done = export(table(*((f"M{number}", "1") for number in range(9))), line.url)
    assert len(done.failed) == 3
    assert "EDIT" in str(done.failed[0].error)
    assert len(done.open) == 18


def test_a_run_link_of_this_server_is_its_run(server: MlflowServer) -> None:
    client = server.client()
    run_id = client.create_run("0").info.run_id
    links = [f"{server.url}/#/experiments/0/runs/{run_id}", f"runs:/{run_id}/model", f"{server.url}/#/runs/{'0' * 32}"]
    links += [f"https://elsewhere.example.com/runs/{run_id}", "notebook 7"]
    rows = [("AC", str(number), link) for number, link in enumerate(links)]
    done = export(table(*rows, headings=("Name", "Version", "Run link")), server.url)
    assert done.complete
    versions = {one.tags["registry-sheets.version"]: one for one in client.search_model_versions()}
    assert [versions[str(number)].run_id or "" for number in range(5)] == [run_id, run_id, "", "", ""]
    assert versions["0"].source == client.get_run(run_id).info.artifact_uri
    assert versions["3"].run_link == links[3]
    assert str(versions["3"].source).startswith("registry-sheets:/")
    assert all(one.tags["registry-sheets.run_link"] for one in versions.values())


def test_hostile_texts_go_over_as_they_are(server: MlflowServer) -> None:
    headings = ("Name", "Version", "Owner", "Why", *(f"Own {text[:60]}" for text in HOSTILE), "a/../b", "..", "É%:(")
    rows = [(f"{place} {text}", text[:300], text[:9000], text, *["x"] * 13) for place, text in enumerate(HOSTILE)]
    names = [(name, "1") for name in ("..", ".", "a/../b", "/", ":", "...", "x" * 400, 'it\'s "quoted"', "模型", " ﬁ ")]
    done = export(table(*rows, *names, headings=headings), server.url)
    assert [str(one.error) for one in done.failed] == []
    assert export(table(*rows, *names, headings=headings), server.url).steps == ()
    assert any(one.what == "cut" for one in done.losses)
    client = server.client()
    assert len(client.search_registered_models()) == len(rows) + len(names)
    quoted = next(one for one in client.search_model_versions() if one.name.endswith("'; DROP TABLE"))
    assert quoted.tags["registry-sheets.why"] == "'; DROP TABLE"


def test_another_teams_model_is_added_to_and_not_changed(server: MlflowServer) -> None:
    server.seed("ac-failure", 2, tags={"team": "hvac"}, aliases={"champion": 1}, description="Theirs")
    rows = table(("AC failure", "2", "", "Munich", "Production", "", "", "", "Ours"), ("AC failure", "3"))
    done = export(rows, server.url)
    client = server.client()
    (model,) = client.search_registered_models()
    assert (model.name, model.aliases) == ("ac-failure", {"champion": "1"})
    second = client.get_model_version("ac-failure", "2")
    assert (second.description, second.source, second.tags["team"]) == ("Theirs", "s3://models/ac-failure/2", "hvac")
    assert second.tags["registry-sheets.version"] == "2"
    assert len(done.conflicts) == 2
    assert export(rows, server.url).steps == ()


def test_many_versions_are_looked_at_over_several_pages(server: MlflowServer) -> None:
    server.seed("other", 2500)
    server.seed("AC", 1200, tags={"x": "y"})
    rows = table(*(("AC", str(number)) for number in range(1, 1201)), ("AC", "1201"))
    shown = export(rows, server.url, apply=False)
    assert len(shown.steps) == 1202  # ours on each that is there, the model's, and one new


def test_prompts_are_another_table_and_a_name_that_one_has_is_told(server: MlflowServer) -> None:
    client = server.client()
    client.register_prompt("Greeting", "Hello {{name}}")
    done = export(table(("Greeting", "1"), ("AC", "1")), server.url)
    assert [one.name for one in done.failed] == ["Greeting"]
    assert "prompt" in str(done.failed[0].error).lower()
    assert [one.name for one in client.search_registered_models()] == ["AC"]


def test_after_an_export_the_sheet_and_the_server_say_the_same(server: MlflowServer, tmp_path: Path) -> None:
    checked_registry(tmp_path / "m.xlsx", ROWS)
    (tmp_path / "config.toml").write_text(
        f'[[registry]]\nsheet = "m.xlsx"\n[[registry.platform]]\nkind = "mlflow"\nurl = "{server.url}"\n'
        '[[registry.location]]\nname = "Service desk app"\nplatform = "mlflow"\n'
    )
    assert run("export", "mlflow", "--apply", folder=tmp_path).returncode == 0
    done = run("reconcile", "--format", "json", folder=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout)["findings"] == []


def test_the_command_goes_to_sagemaker_by_boto3s_own_chain(tmp_path: Path) -> None:
    from moto.server import ThreadedMotoServer

    checked_registry(tmp_path / "m.xlsx", ROWS)
    cloud = ThreadedMotoServer("127.0.0.1", 0)
    cloud.start()
    try:
        host, port = cloud.get_host_and_port()
        signed = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}
        there = {**signed, "AWS_ENDPOINT_URL": f"http://{host}:{port}"}
        command = ("export", "sagemaker", "--region", "eu-west-1", "--sheet", "m.xlsx")
        shown = run(*command, folder=tmp_path, **there)
        assert "Would be written to SageMaker in eu-west-1: 3 new models, 5 new versions." in shown.stdout
        done = run(*command, "--apply", folder=tmp_path, **there)
        assert done.returncode == 0
        assert '[[platform]]\nkind = "sagemaker"\nregions = ["eu-west-1"]\n# For each location that is' in done.stdout
        assert '# [[location]]\n# name = "Service desk app"\n# platform = "sagemaker"\n' in done.stdout
        again = run(*command, "--apply", folder=tmp_path, **there)
        assert again.stdout.startswith("Nothing to do: SageMaker in eu-west-1")
    finally:
        cloud.stop()
