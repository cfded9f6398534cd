"""Fuzz the loaders, guided by coverage: python tests/long/fuzz.py [TARGET …] [--minutes 60] [--work out/fuzz].

Needs the extra `fuzz` (Linux). The targets and their claims are in tests/long/targets.py; the inputs that are kept
stand in tests/long/corpus.jsonl, and the tests replay them. What is found lies in WORK/TARGET/findings, one input and
one traceback for each place that a fault comes from; the exit code is then 1. `--keep` writes a small corpus of what
was reached, `--minutes 0 --keep` that of earlier work.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import os
import random
import re
import resource
import shutil
import subprocess
import sys
import time
import traceback
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LONGEST = 12_000
#: Seconds of processor time that one input may take, seconds after which it is killed, and megabytes it may grow to.
SLOW, HANGS, MEMORY = 3.0, 60, 2500
#: Bytes of a target's kept corpus.
KEPT = 22_000
#: Folder for inputs, in memory where possible; the variable that names the leading process.
SCRATCH = Path("/dev/shm") if Path("/dev/shm").is_dir() else ROOT / "out"
OWNER = "WUSHI_FUZZ"
#: Modules with compiled functions, because instrumented byte code cannot be compiled.
KERNELS = "model steps record"
PACKAGES = "compute ledger world citizens agents stages verification figures app report"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition(":")[0])
    parser.add_argument("targets", nargs="*")
    parser.add_argument(
        "--minutes", type=float, default=60, help="of processor time in all, shared out over the targets"
    )
    parser.add_argument("--work", type=Path, default=Path("out/fuzz"))
    parser.add_argument("--keep", action="store_true", help="write the smallest inputs that reach as much as all")
    parser.add_argument("--child", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    os.environ.setdefault(OWNER, str(os.getpid()))
    sys.path.insert(0, str(ROOT / "tests"))
    if asked.child:
        fuzz(asked.child, asked.work / asked.child, int(asked.minutes * 60))
        return
    from long.targets import TARGETS

    chosen = asked.targets or list(TARGETS)
    done = {name: lead(name, asked.work, asked.minutes * 60 / len(chosen)) for name in chosen}
    if asked.keep:
        for name in chosen:
            keep(name, asked.work / name)
    asked.work.mkdir(parents=True, exist_ok=True)
    (asked.work / "done.json").write_text(json.dumps(done, indent=2) + "\n", encoding="utf-8")
    for name, (runs, minutes) in done.items():
        print(f"{name:12} {runs:>10,} inputs {minutes:6.1f} min  {len(findings(asked.work / name))} findings")
    for folder in SCRATCH.glob(f"wushi-fuzz-*-{os.environ[OWNER]}"):
        shutil.rmtree(folder, ignore_errors=True)
    sys.exit(any(findings(asked.work / name) for name in chosen))


def findings(folder: Path) -> list[Path]:
    return sorted((folder / "findings").glob("*.input"))


def lead(name: str, work: Path, seconds: float) -> tuple[int, float]:
    """Fuzz one target in its own process, and start again after an input that ends it; return inputs and minutes.

    Seconds and minutes are processor time, so a busy machine takes longer but does as much.
    """
    folder, begun, runs = work / name, spent(), 0
    prepare(name, folder)
    while (left := seconds - (spent() - begun)) > 5:
        command = [sys.executable, __file__, "--child", name, "--work", str(work), "--minutes", str(left / 60)]
        with (folder / "log.txt").open("ab") as log:
            subprocess.run(command, stdout=log, stderr=log, check=False, env=os.environ | {"PYTHONHASHSEED": "0"})
        counted = re.findall(rb"stat::number_of_executed_units: (\d+)", (folder / "log.txt").read_bytes())
        runs = sum(map(int, counted))
        for path in folder.glob("artifact-*"):
            path.replace(folder / "findings" / f"{path.name.removeprefix('artifact-')}.input")
        if len(findings(folder)) > 50:
            break
    return runs, (spent() - begun) / 60


def spent() -> float:
    """Return the processor time of the processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def prepare(name: str, folder: Path) -> None:
    from long import corpus
    from long.targets import TARGETS

    for part in ("corpus", "findings"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    seeds = [*TARGETS[name].seeds(), *corpus.read().get(name, {}).values()]
    for seed in seeds:
        (folder / "corpus" / hashlib.sha1(seed).hexdigest()).write_bytes(seed)
    words = ("".join(f"\\x{byte:02x}" for byte in word.encode()) for word in TARGETS[name].words)
    (folder / "words.dict").write_text("".join(f'"{word}"\n' for word in words), encoding="ascii")


def fuzz(name: str, folder: Path, seconds: int) -> None:
    """Let libFuzzer feed the target until the time is over; noted faults do not end it."""
    import atheris

    excluded = [f"simulation.{module}" for module in KERNELS.split()]
    excluded += [
        f"simulation.{package}{stem}"
        for package in PACKAGES.split()
        for stem in ("", *(f".{path.stem}" for path in (ROOT / "simulation" / package).glob("*.py")))
    ]
    with atheris.instrument_imports(include=["simulation", "tomllib"], exclude=excluded):
        from long.targets import TARGETS

    target = TARGETS[name]
    target.claim(target.seeds()[0], scratch(name))  # imports and compiles code that is loaded on first use

    def once(content: bytes) -> None:
        begun = time.process_time()
        try:
            target.claim(content, scratch(name))
        except Exception as fault:
            note(folder, content, fault)
        if time.process_time() - begun > SLOW:
            note(folder, content, None)

    options = [
        *(f"-max_total_time={seconds}", f"-max_len={LONGEST}", f"-timeout={HANGS}", f"-rss_limit_mb={MEMORY}"),
        *(f"-dict={folder / 'words.dict'}", f"-artifact_prefix={folder}/artifact-", "-print_final_stats=1"),
        *("-verbosity=1", "-use_value_profile=0", "-len_control=0", "-report_slow_units=600"),
    ]
    atheris.Setup([sys.argv[0], *options, str(folder / "corpus")], once, custom_mutator=mutator(target.form))
    atheris.Fuzz()


def scratch(name: str) -> Path:
    """Return an empty folder, in memory where there is one."""
    made = SCRATCH / f"wushi-fuzz-{name}-{os.environ[OWNER]}"
    shutil.rmtree(made, ignore_errors=True)
    made.mkdir(parents=True)
    return made


def mutator(form: str):
    """Return a mutation that half the time changes an entry of the table that the bytes hold, else the bytes."""
    import tomllib

    import atheris
    from long.spoiling import ODD_IN_FILES, as_toml, spoiled

    def mutate(content: bytes, most: int, seed: int) -> bytes:
        draw = random.Random(seed)
        if form != "text" and draw.random() < 0.6:
            with contextlib.suppress(ValueError, RecursionError, TypeError, AttributeError):
                if form == "toml":
                    table = tomllib.loads(content.decode("utf-8"))
                    made = as_toml(spoiled(table, draw, ODD_IN_FILES))
                else:
                    start = 0 if content[:1] in b"{[" else 1
                    made = content[:start]
                    made += json.dumps(spoiled(json.loads(content[start:]), draw, ODD_IN_FILES)).encode()
                if len(made) <= most:
                    return made
        return atheris.Mutate(content, most)

    return mutate


def note(folder: Path, content: bytes, fault: Exception | None) -> None:
    """Keep an input whose fault comes from a place that is not yet known."""
    if fault is None:
        place, text = "slow", f"more than {SLOW:g} s of processor time\n"
    else:
        frames = [one for one in traceback.extract_tb(fault.__traceback__) if "atheris" not in one.filename]
        ours = [one for one in frames if str(ROOT) in one.filename][-2:]
        place = f"{type(fault).__name__}" + "".join(f" {Path(one.filename).name}:{one.lineno}" for one in ours)
        text = "".join(traceback.format_exception(fault))
    name = re.sub(r"[^A-Za-z0-9.]+", "-", place)
    known = folder / "findings" / f"{name}.input"
    if not known.exists() or len(content) < known.stat().st_size:
        known.write_bytes(content)
        known.with_suffix(".txt").write_text(text, encoding="utf-8", errors="replace")


def keep(name: str, folder: Path) -> None:
    """Replace the kept inputs, except those that once found a fault, by few small ones that reach as much as all."""
    from long import corpus
    from long.targets import TARGETS

    kept, room, known = corpus.read(), KEPT, set()
    mine = {other: content for other, content in kept.get(name, {}).items() if not other.startswith("reached-")}
    for seed in TARGETS[name].seeds():
        known |= branches(name, seed)
    for path in sorted((folder / "corpus").iterdir(), key=lambda one: (one.stat().st_size, one.name)):
        content = path.read_bytes()
        found = branches(name, content)
        if found - known and len(content) <= room:
            room -= len(content)
            known |= found
            mine[f"reached-{path.name[:12]}"] = content
    corpus.write(kept | {name: mine})


def branches(name: str, content: bytes) -> set[tuple[str, int, int, int]]:
    """Return the branches of the package's code that an input takes."""
    from long.targets import TARGETS

    found: set[tuple[str, int, int, int]] = set()
    watch, tool = sys.monitoring, sys.monitoring.COVERAGE_ID

    def taken(code, start, end):
        if "simulation" not in code.co_filename:
            return watch.DISABLE
        found.add((code.co_filename, code.co_firstlineno, start, end))
        return None

    watch.use_tool_id(tool, "fuzz")
    watch.register_callback(tool, watch.events.BRANCH, taken)
    watch.set_events(tool, watch.events.BRANCH)
    try:
        TARGETS[name].claim(content, scratch(name))
    finally:
        watch.set_events(tool, 0)
        watch.free_tool_id(tool)
    return found


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    main()
