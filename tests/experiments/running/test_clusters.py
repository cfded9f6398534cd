"""A Dask cluster that is not as it should be is said, and no wait for it is without an end."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import dask
import distributed
import known_functions as known
import pytest
from distributed import LocalCluster

from simulation.experiments import sweep
from simulation.experiments.running import clusters, waiting
from simulation.experiments.running.clusters import Dask
from simulation.experiments.running.engines import EngineError
from simulation.experiments.running.waiting import Patience
from simulation.files.errors import InputError

DESIGN = {"factors": {"a": [1, 2], "b": [1]}}
QUIET = {"threads_per_worker": 1, "dashboard_address": ":0", "silence_logs": 50}
NAMES = ("ca-file", "client.cert", "client.key")


def test_a_cluster_without_workers_is_said_and_ends_the_sweep_at_the_limit(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(waiting, "SAID_AFTER", 0.5)
    with LocalCluster(n_workers=0, processes=False, **QUIET) as cluster:
        address = cluster.scheduler_address
        with pytest.raises(EngineError, match="has no workers; the wait ended after 0:00:02"):
            sweep(DESIGN, known.plain, store=tmp_path / "s", dask=address, wait=2.0)
        assert f"The Dask cluster at {address} has no workers" in capsys.readouterr().err


def test_workers_that_come_in_time_are_waited_for(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(waiting, "SAID_AFTER", 0.5)
    with LocalCluster(n_workers=0, processes=False, **QUIET) as cluster:
        real = Patience.tell

        def tell(self, words):
            real(self, words)
            cluster.scale(1)

        monkeypatch.setattr(Patience, "tell", tell)
        experiment = sweep(DESIGN, known.plain, store=tmp_path / "s", dask=cluster.scheduler_address, wait=60.0)
    assert experiment.counts == {"ok": 2, "total": 2}
    assert "has no workers" in capsys.readouterr().err


def command(kind, *words):
    """Start Dask's command line in a process of its own."""
    code = f"from distributed.cli.dask_{kind} import main; main()"
    return subprocess.Popen([sys.executable, "-c", code, *words, "--no-dashboard"], stderr=subprocess.DEVNULL)


def address_in(file):
    """Return the address that a scheduler writes into a file."""
    give_up = time.monotonic() + 60
    while time.monotonic() < give_up:
        if file.is_file() and file.stat().st_size:
            return json.loads(file.read_text(encoding="utf-8"))["address"]
        time.sleep(0.1)
    raise TimeoutError("the scheduler did not start")


@pytest.mark.slow
def test_a_scheduler_that_falls_silent_ends_the_sweep_at_the_limit(tmp_path, monkeypatch):
    monkeypatch.setattr(clusters.Dask.__init__, "__defaults__", (2.0, None))
    stopped = []

    def fall_silent(tally):
        if tally.done >= 3 and not stopped:
            stopped.append(scheduler.pid)
            os.kill(scheduler.pid, signal.SIGSTOP)

    file = tmp_path / "scheduler.json"
    design = {"sweep": {"replicates": 200}, "factors": {"a": [1, 2], "b": [1]}}
    started = [command("scheduler", "--port", "0", "--host", "127.0.0.1", "--scheduler-file", str(file))]
    scheduler = started[0]
    try:
        address = address_in(file)
        started.append(command("worker", address, "--nthreads", "1", "--no-nanny"))
        with pytest.raises(EngineError, match="does not answer"):
            sweep(design, known.waiting, store=tmp_path / "s", dask=address, wait=3.0, progress=fall_silent)
    finally:
        for process in started:
            process.kill()
            process.wait()
    assert stopped


@pytest.mark.parametrize("address", ["", "nonsense", "http://here:1", "tcp://here", "tcp://[", "://"])
def test_an_address_that_is_none_is_refused_before_anybody_is_called(address, monkeypatch):
    monkeypatch.setattr(distributed, "Client", lambda *_, **__: pytest.fail("somebody was called"))
    with pytest.raises(InputError) as caught:
        Dask(b"", address)
    assert (caught.value.key, caught.value.given) == ("--dask", address)


@pytest.mark.parametrize("missing", NAMES)
def test_a_tls_address_without_certificates_names_the_entry_of_dasks_configuration(tmp_path, missing):
    files = {}
    for name in NAMES:
        files[name] = tmp_path / f"{name}.pem"
        if name != missing:
            files[name].touch()
    with (
        dask.config.set({f"distributed.comm.tls.{name}": str(path) for name, path in files.items()}),
        pytest.raises(InputError) as caught,
    ):
        Dask(b"", "tls://127.0.0.1:8786")
    assert caught.value.key == f"distributed.comm.tls.{missing}"
    assert caught.value.given == str(files[missing])
    assert "PEM" in caught.value.allowed
    assert "证书" in caught.value.in_language("zh")
    with pytest.raises(InputError, match=r"distributed\.comm\.tls\.ca-file: a tls address needs certificates"):
        Dask(b"", "tls://127.0.0.1:8786")


def test_certificates_that_are_none_are_refused(tmp_path):
    (tmp_path / "x.pem").write_text("no certificate", encoding="utf-8")
    with (
        dask.config.set({f"distributed.comm.tls.{name}": str(tmp_path / "x.pem") for name in NAMES}),
        pytest.raises(InputError) as caught,
    ):
        Dask(b"", "tls://127.0.0.1:8786", answer=1.0)
    assert caught.value.key == "--dask"
