"""Fixtures: the book's own ledger, a small one that a test may spoil, and the executors that replicates are tried on."""

import hashlib
import json
import os
import shutil
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import dask
import pandas as pd
import pytest
from distributed import Client, LocalCluster
from hypothesis import settings

from casebook.ledger import Ledger, data_folder

for name in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS"):  # a make that a test starts is not part of `make test`
    os.environ.pop(name, None)

# The same examples in every run, and time to compile a kernel in the first of them.
settings.register_profile("book", deadline=None, derandomize=True, database=None)
settings.load_profile("book")

TEXT = """In March the shop sold 1,200 loaves.
It opened at 7am and closed twelve hours later.
More than 3 million people read about it on page B2.
"""


@pytest.fixture(scope="session")
def ledger():
    return Ledger(data_folder())


@pytest.fixture
def data_copy(tmp_path):
    """Give a copy of the book's tables."""
    return Path(shutil.copytree(data_folder(), tmp_path / "data"))


@pytest.fixture
def altered(data_copy):
    """Change cells of rows in a copy of the tables, and open the copy."""

    def change(table, *keys, **cells):
        path = data_copy / f"{table}.csv"
        rows = pd.read_csv(path, dtype=str, keep_default_na=False)
        names = rows["series"] + "@" + rows["as_of"] if table == "series" else rows.iloc[:, 0]
        found = names.isin(keys)
        assert found.sum() == len(keys)
        rows.loc[found, list(cells)] = list(cells.values())
        rows.to_csv(path, index=False, lineterminator="\n")
        return Ledger(data_copy)

    return change


@pytest.fixture
def small(tmp_path):
    """Give a folder of tables and a text they are true to: (tables, texts)."""
    tables, texts = tmp_path / "small", tmp_path / "texts"
    tables.mkdir()
    texts.mkdir()
    (texts / "shop.txt").write_text(TEXT, encoding="utf-8")
    shutil.copy(data_folder() / "datapackage.json", tables)
    shutil.copy(data_folder() / "units.csv", tables)
    digest = hashlib.sha256(TEXT.encode()).hexdigest()
    rows = {
        "sources": [f"shop,shop.txt,A note on a shop,not named,,2020,inferred,note,To sell bread.,3,{digest}"],
        "entities": ["baker,Baker,,group,,shop,"],
        "claims": [
            'loaves,shop,1,baker,loaves sold,1200,1200,piece,,,"1,200 loaves",fact,,',
            "month,shop,1,baker,month,3,3,month-of-year,,,March,fact,,",
            "opening,shop,2,baker,opening,07:00,07:00,clock-time,,,7am,fact,,",
            "hours,shop,2,baker,hours open,12,12,hour,,,twelve hours,fact,,",
            "readers,shop,3,baker,readers,3000000,3000000,person,>,,3 million people,fact,,",
        ],
        "dismissed": ["shop,3,B2,name of a page"],
        "passages": ["shop-01,shop,1,2,,A shop had a busy day.,7 9", "shop-02,shop,3,3,,People read about it.,11"],
    }
    for resource in json.loads((tables / "datapackage.json").read_text())["resources"]:
        if resource["name"] != "units":
            header = ",".join(field["name"] for field in resource["schema"]["fields"])
            lines = [header, *rows.get(resource["name"], [])]
            (tables / resource["path"]).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return tables, texts


@pytest.fixture(scope="session")
def pool():
    """Give a pool of two processes that inherit nothing."""
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as executor:
        yield executor


@pytest.fixture(scope="session")
def dask_executor():
    """Give the executor of a Dask cluster of two worker processes on this machine."""
    quiet = {"logging.distributed": "error", "distributed.worker.daemon": True}
    with (
        dask.config.set(quiet),
        LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster,
        Client(cluster) as client,
    ):
        yield client.get_executor()
