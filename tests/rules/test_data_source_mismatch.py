from __future__ import annotations

from typing import Any

import pytest

from .answers import answer, platforms, registry_answer, trained, version
from .support import hits

READ = "s3://exports/crm/2026-02-28.parquet"


def found(cells: dict[str, Any] | str, *read: str) -> list[str]:
    row = {"Version": "3", **({"Data source": cells} if isinstance(cells, str) else cells)}
    said = hits("data-source-mismatch", [row], platforms=platforms(answer(trained("3", *read))))
    return [hit.message for hit in said]


def test_other_data_than_the_run_read() -> None:
    said = platforms(answer(trained("3", READ, "gs://other/place")))
    (hit,) = hits(
        "data-source-mismatch", [{"Version": "3", "Data source": "s3://exports/crm/2025-12-31.parquet"}], platforms=said
    )
    assert (hit.index, hit.field) == (0, "data_source")
    assert hit.message == (
        "It names 's3://exports/crm/2025-12-31.parquet'; the training run on our cloud read "
        "'s3://exports/crm/2026-02-28.parquet'."
    )
    assert hit.fix == "Name the data that the run read, if that run made this version."


@pytest.mark.parametrize(
    ("here", "there"),
    [
        (READ, READ),
        ("s3a://exports/crm/2026-02-28.parquet", READ),
        ("S3N://exports/crm/2026-02-28.parquet/", READ),
        ("s3://exports/crm/", READ),  # a folder
        ("s3://exports", READ),
        (READ, "s3://exports/crm"),
        ("s3://exports//crm/./2026-02-28.parquet", READ),
        ("s3://exports/crm/*.parquet", READ),
        ("s3://exports/{crm,erp}/2026-*", READ),
        ("s3://exports/crm/2026-02-28.parquet/dt=2026-02-28/part-0001", READ),  # a partition
        ("s3://exports/crm/2026-02-28.parquet?versionId=77", READ),
        ("https://exports.s3.eu-central-1.amazonaws.com/crm/2026-02-28.parquet", READ),
        ("https://s3.amazonaws.com/exports/crm/2026-02-28.parquet", READ),
        ("snapshot of February (s3://exports/crm/2026-02-28.parquet).", READ),
        ("ERP; s3://exports/crm/2026-02-28.parquet, checked", READ),
        ("s3://exports/a/x.csv\ns3://exports/crm/2026-02-28.parquet", READ),
        ("gs://exports/My%20Data/x.csv", "gs://exports/My Data/x.csv"),
        ("gs://exports/My Data/x.csv", "gs://exports/My%20Data/x.csv"),
        ("gs://exports/a,b.csv", "gs://exports/a%2Cb.csv"),
        ("gs://exports/Café.csv", "gs://exports/Cafe\u0301.csv"),
        ("https://storage.googleapis.com/exports/x.csv", "gs://exports/x.csv"),
        ("http://data.example.com/x.csv", "https://DATA.example.com:443/x.csv"),
        ("dbfs:/mnt/sales/2026", "dbfs:///mnt/sales/2026/part-1"),
        ("/dbfs/mnt/sales/2026", "dbfs:/mnt/sales/2026"),
        ("dbfs:/mnt/sales/2026", "/dbfs/mnt/sales/2026/"),
        ("hdfs:///warehouse/x", "hdfs://namenode:8020/warehouse/x"),
        ("hive://sales.orders", "hive://metastore:9083/sales/orders"),
        ("hive://sales.orders", "hive://sales/orders/dt=2026-02-28"),
        ("bq://project.sales.orders", "bigquery://project/sales/orders"),
        ("wasbs://data@acme.blob.core.windows.net/x", "https://acme.blob.core.windows.net/data/x?sv=1&sig=a"),
        ("abfss://data@acme.dfs.core.windows.net/x/", "abfs://data/x"),
        (
            "azureml://datastores/lake/paths/x",
            "azureml://subscriptions/s/resourcegroups/r/workspaces/w/datastores/lake/paths/x/part-1",
        ),
        ("file:///data/x.csv", "file:/data/x.csv"),
        ("file:///C:/data/x%20y.csv", "file://localhost/c:\\data\\x y.csv"),
        ("file:///home/ana/crm.csv", "file:///tmp/tmp77/crm.csv"),  # disks differ between machines
        ("file:///home/ana/a.csv", "file:///tmp/tmp77/b.csv"),
        ("postgresql://ana@host:5432/crm", "postgresql://host/crm"),
    ],
)
def test_the_same_in_other_spellings(here: str, there: str) -> None:
    assert found(here, there) == []


@pytest.mark.parametrize(
    ("here", "there"),
    [
        ("CRM export 2026-06-30", READ),
        ("", READ),
        ("table sales.orders", READ),
        ("gs://exports/crm/other.parquet", READ),  # a copy in another store
        ("https://wiki.example.com/data/crm", READ),  # a page about the data
        ("https://wiki.example.com/data/crm", "https://raw.example.com/crm.csv"),
        (READ, "the CRM export"),
        (READ, ""),
        (READ, "s3://"),
        ("s3://*", READ),
        ("s3://exports/other", "s3://x/" + "y" * 50_000),
        ("see s3://exports/" + "z" * 50_000, READ),
        ("arn:aws:s3:::exports/other", READ),
    ],
)
def test_what_cannot_be_compared_is_not(here: str, there: str) -> None:
    assert found(here, there) == []


@pytest.mark.parametrize(
    ("here", "there"),
    [
        ("s3://exports/crm/2026-02-27.parquet", READ),
        ("s3://exports/crm/2026-02-28", READ),  # not a folder that it is in
        ("s3://exports-test/crm/2026-02-28.parquet", READ),
        ("hive://sales.orders_old", "hive://sales.orders"),
        ("dbfs:/mnt/sales/2025", "/dbfs/mnt/sales/2026"),
        ("https://data.example.com/x.csv", "https://data.example.com/y.csv"),
        ("file:///data/x.csv", "file:///data/y.csv"),
        ("abfss://data@acme.dfs.core.windows.net/x", "abfss://data@acme.dfs.core.windows.net/y"),
    ],
)
def test_what_differs(here: str, there: str) -> None:
    assert len(found(here, there)) == 1


def test_one_of_several_that_the_run_read_is_enough() -> None:
    assert found("s3://exports/a; s3://exports/b", "s3://exports/c", "s3://exports/b/1") == []
    assert found({"Data source": "s3://exports/a", "Data link": "s3://exports/b"}, "s3://exports/b") == []


def test_the_field_that_names_it_has_the_finding() -> None:
    row = {"Version": "3", "Data source": "CRM export", "Data link": "s3://exports/a"}
    (hit,) = hits("data-source-mismatch", [row], platforms=platforms(answer(trained("3", READ))))
    assert hit.field == "data_link"


def test_the_end_of_a_long_address_is_shown_and_no_key_to_it() -> None:
    long = "s3://company-datalake-production-eu-central-1/exports/crm/monthly/2026-0{}.parquet"
    (message,) = found(long.format(1), long.format(2))
    assert "2026-01.parquet'" in message
    assert "2026-02.parquet'" in message
    (message,) = found("https://ana:secret@h.example.com/x?sig=secret", "https://bo:hidden@h.example.com/y#hidden")
    assert "secret" not in message
    assert "hidden" not in message


def test_archived_rows_and_copies() -> None:
    other = {"Version": "3", "Data source": "s3://exports/other"}
    assert (
        hits("data-source-mismatch", [{**other, "Stage": "Archived"}], platforms=platforms(answer(trained("3", READ))))
        == []
    )
    copies = platforms(answer(trained("3", READ)), registry_answer(trained("3", "s3://exports/other/1")))
    assert hits("data-source-mismatch", [other], platforms=copies) == []
    mine = platforms(answer(version("3")), registry_answer(trained("3", READ)), on="Cloud")
    assert hits("data-source-mismatch", [{**other, "Location": "Cloud"}], platforms=mine) == []


def test_many_and_strange_sources_take_no_time_and_raise_nothing() -> None:
    assert found("s3://a/b", *(f"s3://x/{n}" for n in range(2000))) == []
    assert len(found("s3://a/b " * 2000, *(f"s3://x/{n}" for n in range(400)))) == 1
    for text in ("://", "s3:///", "s3://%ff%00/\x00\x1b", "a" * 30_000 + "://x", "file:/", "https://[::1", "dbfs:/"):
        found(text, text + "x", "s3://exports/y")
