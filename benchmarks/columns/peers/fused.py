"""The machine's limit: the scheme as one loop in C, compiled here for this processor."""

from __future__ import annotations

import ctypes
import hashlib
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from benchmarks.columns.data import SCHEME, Array, Columns

SOURCE = Path(__file__).with_name("fused.c")
FLAGS = ("-O3", "-march=native", "-mprefer-vector-width=512", "-fopenmp", "-shared", "-fPIC")


def compiler() -> str:
    """The C compiler to use: ``CC``, or ``cc``."""
    return os.environ.get("CC", "cc")


def compiled(folder: Path, bits: int = 32) -> Path:
    """The shared library, compiled into a folder unless it is there."""
    content = f"{compiler()} {FLAGS} {bits}".encode() + SOURCE.read_bytes()
    library = folder / f"fused-{hashlib.sha256(content).hexdigest()[:16]}.so"
    if not library.exists():
        folder.mkdir(parents=True, exist_ok=True)
        part = library.with_suffix(f".{os.getpid()}")
        command = [compiler(), *FLAGS, f"-DT=int{bits}_t", "-o", str(part), str(SOURCE)]
        subprocess.run(command, check=True)
        part.rename(library)
    return library


@dataclass(frozen=True)
class Loaded:
    """The function with its columns in the order of its parameters."""

    function: Any
    columns: tuple[Array, ...]
    threads: int
    dtype: type[np.signedinteger]


def load(columns: Columns, threads: int, folder: Path, bits: int = 32) -> Loaded:
    """The compiled function and the columns as they are."""
    function = ctypes.CDLL(str(compiled(folder, bits))).score
    function.restype = None
    arrays = tuple(np.ascontiguousarray(columns[c.name], c.dtype) for c in SCHEME)
    return Loaded(function, arrays, threads, np.int32 if bits == 32 else np.int16)


def score(loaded: Loaded) -> Array:
    """Every person's total in hundredths."""
    count = len(loaded.columns[0])
    out = np.empty(count, loaded.dtype)
    pointers = (ctypes.c_void_p(a.ctypes.data) for a in (out, *loaded.columns))
    loaded.function(ctypes.c_size_t(count), ctypes.c_int(loaded.threads), *pointers)
    return out


def hundredths(result: Array) -> Array:
    """As they are, in int32."""
    return result.astype(np.int32, copy=False)
