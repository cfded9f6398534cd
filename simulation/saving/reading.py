"""Loading a saved state: data from anybody, bounded before it is read, checked before it is used, never run."""

from __future__ import annotations

import contextlib
import hashlib
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulation import record
from simulation.compute.memory import refuse_beyond_memory
from simulation.files.errors import InputError, told
from simulation.model import MomentumModel
from simulation.saving import parts
from simulation.saving.bounds import check_numbers, limits, within
from simulation.saving.drawn import contacts_from, ground_digest
from simulation.saving.given import OnlySaved
from simulation.saving.header import checked_header
from simulation.saving.scenario import scenario_from
from simulation.saving.seal import sealed
from simulation.saving.streams import head_of, pieces
from simulation.saving.writing import HEADER, STRUCTURE
from simulation.scenario.structure_file import LARGEST_FILE
from simulation.world.signals import signals_of

#: Largest header in bytes, and most entries.
_LARGEST_HEADER, _MOST_ENTRIES = 16_000_000, 1000
#: What deflate can make of one byte at most (1032), and what a small entry may have besides.
_GROWTH, _SLACK = 1040, 10_000
#: Errors of zipfile and zlib over bytes that are no archive of ours.
_BROKEN = (
    *(zipfile.BadZipFile, zlib.error, struct.error, EOFError, LookupError, ValueError, OverflowError),
    NotImplementedError,  # zipfile raises it for a way of packing that it does not know
    RuntimeError,  # zipfile raises it for an entry with a password
)


def load_state(path: str | Path, *, threads: int = 1) -> MomentumModel:
    """Return a model as it was when it was saved, ready to go on.

    The scenario in the file is built as if it came from somebody else: it leads to no file but those that came with
    the package, and a structure of the user's own is in the file itself. What the file does not hold is drawn anew,
    and it is checked that it is the same. Mesa's clock stands at the week of the state. The model is a
    `MomentumModel`, whatever class was saved, without data collectors. In its ``given`` an `OnlySaved` stands for a
    network or thresholds that were given.

    Parameters
    ----------
    path : path
        A file that `save_state` wrote.
    threads : int
        As of `MomentumModel`; no influence on results.

    Raises
    ------
    InputError
        When the file is no saved state, was cut or altered, or was made by another version or another code of the
        model, or on a platform that draws other numbers.
    """
    path = Path(path)
    _check_file(path)
    try:
        with zipfile.ZipFile(path) as archive:
            return _Loading(archive, path).model(threads)
    except InputError as error:
        raise error.replaced(file=path) from None
    except OSError as error:
        raise InputError(told("error.cannot_be_read", reason=error.strerror or error), file=path) from None
    except _BROKEN as error:
        raise InputError(told("error.state.damaged", part=str(error)[:80]), file=path) from error


def _check_file(path: Path) -> None:
    """Raise InputError unless the path leads to an ordinary file, an archive, that is as it was sealed."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise InputError(told("error.not_a_file"), file=path, allowed=told("error.state.file"))
        with path.open("rb") as stream:
            begin = stream.read(4)
        if begin != b"PK\x03\x04":
            raise InputError(told("error.state.none"), file=path, allowed=told("error.state.file"))
        if not sealed(path):
            raise InputError(told("error.state.altered"), file=path, allowed=told("error.state.again"))
    except FileNotFoundError:
        raise InputError(told("error.there_is_no_such_file"), file=path) from None
    except OSError as error:
        raise InputError(told("error.cannot_be_read", reason=error.strerror or error), file=path) from None
    except ValueError as error:
        if isinstance(error, InputError):
            raise
        raise InputError(told("error.not_a_path"), file=path) from None


class _Loading:
    """One file on its way to a model."""

    def __init__(self, archive: zipfile.ZipFile, path: Path) -> None:
        self.archive, self.path = archive, path
        infos = archive.infolist()
        self.entries = {entry.filename: entry for entry in infos}
        if HEADER not in self.entries:
            raise InputError(told("error.state.none"), file=path, allowed=told("error.state.file"))
        if len(self.entries) != len(infos) or len(infos) > _MOST_ENTRIES:
            raise self._damaged("zip")
        for entry in infos:
            if entry.file_size > _GROWTH * entry.compress_size + _SLACK:
                raise self._damaged(entry.filename)
        self.header = checked_header(self._content(HEADER, _LARGEST_HEADER), path)
        self._check_entries()

    def _damaged(self, part: str) -> InputError:
        return InputError(told("error.state.damaged", part=part), file=self.path, allowed=told("error.state.again"))

    @contextlib.contextmanager
    def _checking(self, part: str) -> Iterator[None]:
        """Turn what goes wrong over a part into the one error that names it."""
        try:
            yield
        except InputError:
            raise
        except (ValueError, TypeError, LookupError, AttributeError, ArithmeticError) as problem:
            raise self._damaged(part) from problem

    def _content(self, name: str, most: int) -> bytes:
        if self.entries[name].file_size > most:
            raise self._damaged(name)
        return self.archive.read(name)

    def _check_entries(self) -> None:
        """Raise InputError unless the archive has exactly the entries that the header names, of the sizes it says."""
        wanted, total = {HEADER}, 0
        if self.header["own_structure"]:
            wanted.add(STRUCTURE)
        for name, said in self.header["arrays"].items():
            with self._checking(name):
                kind, entry = np.dtype(said["dtype"]), self.entries[f"{name}.npy"]
                if kind.kind not in "biuf":
                    raise ValueError(name)
                size = kind.itemsize
                for length in said["shape"]:
                    size *= length
                if entry.file_size != len(head_of(tuple(said["shape"]), kind)) + size:
                    raise ValueError(name)
            wanted.add(f"{name}.npy")
            total += size
        for name in sorted(self.entries.keys() ^ wanted):
            raise self._damaged(name)
        refuse_beyond_memory(total, "weeks", self.header["week"], "")

    def model(self, threads: int) -> MomentumModel:
        """Return the model, with everything in its place."""
        header = self.header
        structure = self._content(STRUCTURE, LARGEST_FILE) if header["own_structure"] else None
        with self._checking("scenario"):
            spec = scenario_from(header, structure)
            model = MomentumModel(spec, rng=header["seed"], threads=threads)
        with self._checking("network"):
            self._take_network(model)
        for name in header["citizens"]:
            self._take_column(model, name)
        if ground_digest(model, header["citizens"]) != header["ground"]:
            raise InputError(told("error.state.ground"), file=self.path, allowed=told("error.state.again"))
        model.week = header["week"]
        for name, (_, take) in parts.DATA.items():
            with self._checking(name):
                take(model, header["data"][name])
        with self._checking("schedule"):
            model.held = parts.held_in(model)
            model.signals = signals_of(model.held.specs[0])
        self._take_numbers(model)
        self._make_room(model)
        for name, array in parts.changing(model).items():
            self._read(name, array, model)
        self._check_complete()
        self._tell_given(model)
        model._ahead = model.week
        model.catch_up()
        model.running = model.week < spec.weeks
        return model

    def _take_network(self, model: MomentumModel) -> None:
        if not self.header["network"]:
            return
        people, given = model.population, {}
        for name in ("indptr", "neighbour"):
            given[name] = self._fresh(f"network.{name}", model)
        people.contacts = contacts_from(given, people.contacts.first)
        size = int(people.contacts.base[-1])
        people.seen, people.seen_next = np.zeros(size, np.uint8), np.zeros(size, np.uint8)

    def _take_column(self, model: MomentumModel, name: str) -> None:
        column = getattr(model.population, name)
        if name == "threshold" and len(column) == 0:
            # Thresholds can be given under a rule that draws none.
            column = np.empty(len(model.population), column.dtype)
            model.population.threshold = column
        self._read(f"citizens.{name}", column, model)

    def _tell_given(self, model: MomentumModel) -> None:
        """Let the model say what it was given; thresholds changed by hand count, for none like them can be drawn."""
        given = {"network": self.header["network"], "thresholds": "threshold" in self.header["citizens"]}
        model.given = model.given | {name: OnlySaved(name) for name, there in given.items() if there}

    def _take_numbers(self, model: MomentumModel) -> None:
        name, own = parts.NUMBERS, model.numbers
        if name not in self.header["arrays"]:
            return
        content = np.empty_like(parts.packed(own))
        self._read(name, content, model)
        with self._checking(name):
            rows = parts.unpacked(content, own)
            check_numbers(rows, own)
            model.held = model.held._replace(numbers=rows)

    def _make_room(self, model: MomentumModel) -> None:
        """Give the model room for the weeks that it has run; what the fields of the world hold there is read next."""
        room = parts.room_of(model)
        for name, series in model.record._asdict().items():
            said = self.header["arrays"].get(f"record.{name}")
            if said is None or said["shape"] != [model.week, *series.shape[1:]]:
                # Before room is made: else a small file could ask for any number of weeks.
                raise self._damaged(f"record.{name}")
        if room > len(model.record.level):
            model.record = record.extended(model.record, room)
            there = {name: getattr(model.world, name) for name in parts.BY_WEEK}
            wider: dict[str, Any]
            wider = {name: np.empty((room, *one.shape[1:]), one.dtype) for name, one in there.items()}
            model.world = model.world._replace(**wider)

    def _fresh(self, name: str, model: MomentumModel) -> NDArray[np.int64]:
        """Return a list of whole numbers whose length only the file knows."""
        said = self.header["arrays"].get(name)
        if said is None or len(said["shape"]) != 1:
            raise self._damaged(name)
        array = np.empty(said["shape"][0], np.int64)
        self._read(name, array, model)
        return array

    def _read(self, name: str, array: NDArray[Any], model: MomentumModel) -> None:
        """Read an entry into an array, piece by piece."""
        said = self.header["arrays"].pop(name, None)
        if said is None or tuple(said["shape"]) != array.shape or said["dtype"] != array.dtype.str:
            raise self._damaged(name)
        bounds, found = limits(name, array.dtype, model), hashlib.sha256()
        with self.archive.open(f"{name}.npy") as stream:
            head = head_of(array.shape, array.dtype)
            if stream.read(len(head)) != head:
                raise self._damaged(name)
            for piece in pieces(array):
                self._fill(stream, piece, name)
                found.update(piece)
                if not within(np.frombuffer(piece, array.dtype), bounds):
                    raise self._damaged(name)
            if stream.read(1) or found.hexdigest() != said["sha256"]:
                raise self._damaged(name)

    def _fill(self, stream: Any, piece: memoryview, name: str) -> None:
        got = 0
        while got < len(piece):
            more = stream.readinto(piece[got:])
            if not more:
                raise self._damaged(name)
            got += more

    def _check_complete(self) -> None:
        for name in sorted(self.header["arrays"]):
            raise self._damaged(name)
