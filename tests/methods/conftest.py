"""Executors that every method with replicates is tried on."""

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import dask
import pytest
from distributed import Client, LocalCluster
from hypothesis import settings

# The same examples in every run, and time to compile a kernel in the first of them.
settings.register_profile("methods", deadline=None, derandomize=True, database=None)
settings.load_profile("methods")


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
