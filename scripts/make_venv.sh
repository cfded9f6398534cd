#!/bin/sh
# Usage: scripts/make_venv.sh FOLDER
#
# Makes a virtual environment in FOLDER (replacing one that is there) with the first Python that really can.
# Candidates are tried, not looked up: a name on PATH may be a shim with nothing behind it, and some Pythons
# come without venv or pip. PYTHON=/path/to/python is tried before all others.
set -u
folder=${1:?usage: scripts/make_venv.sh FOLDER}
seen=""   # a Python that is new enough but could not make an environment
trap 'exit 130' INT
trap 'exit 143' TERM

names="python3.12 python3.13 python3.14 python3 python" # 3.12 first: the version the tests run on
probe='
import sys
if sys.version_info < (3, 12) or sys.implementation.name != "cpython":
    sys.exit(3)
print(sys.executable)
import ensurepip, venv
'

candidates() {
    if [ -n "${PYTHON:-}" ]; then command -v "$PYTHON"; fi
    for name in $names; do
        # Every folder of PATH, because a broken shim often stands before the Python that works.
        (IFS=:; for place in $PATH; do runnable "$place/$name"; done)
    done
    py -3 -c 'import sys; print(sys.executable)' 2>/dev/null </dev/null
    for place in "${PYENV_ROOT:-$HOME/.pyenv}"/versions/* "$HOME"/.local/share/uv/python/* /usr/local \
        /opt/homebrew /opt/* /Library/Frameworks/Python.framework/Versions/* "${CONDA_PREFIX:-/opt/conda}" \
        "$HOME"/*conda* "$HOME"/*forge* "$HOME"/*conda*/envs/* "$HOME"/*forge*/envs/*; do
        for name in $names; do runnable "$place/bin/$name"; done
    done
}

runnable() {
    if [ -f "$1" ] && [ -x "$1" ]; then printf '%s\n' "$1"; fi
}

works() { # the folder's own Python starts and has pip
    for python in "$folder/bin/python" "$folder/Scripts/python.exe"; do
        [ -x "$python" ] && "$python" -I -m pip --version >/dev/null 2>&1 && return 0
    done
    return 1
}

HOME=${HOME:-/nonexistent}
list=$(candidates | awk '!met[$0]++')
IFS='
'
set -f
for candidate in $list; do
    real=$("$candidate" -I -c "$probe" 2>/dev/null </dev/null)
    status=$?
    [ -n "$real" ] || continue
    [ $status -eq 0 ] && "$candidate" -I -m venv --clear "$folder" >/dev/null 2>&1 </dev/null && works && exit 0
    rm -rf "$folder"
    seen=$candidate
done

{
    echo
    if [ -n "$seen" ]; then
        echo "wushi: $seen is new enough, but cannot make virtual environments (venv or pip is missing,"
        echo "or the folder cannot be written: $folder)."
    else
        echo "wushi needs Python 3.12 or newer, and none of the Pythons on this machine starts and is that new."
    fi
    cat <<'TEXT'

  Debian 13, Ubuntu 24.04 or newer   sudo apt install python3 python3-venv
  Older Debian or Ubuntu             install pyenv, then: pyenv install 3.12   (or Miniforge: conda create -n wushi python=3.12)
  macOS                              brew install python@3.12    (or the installer from python.org)
  Windows                            winget install Python.Python.3.12, then the three pip lines in README.md

A Python in an unusual place can be named:  make run PYTHON=/path/to/python3.12
TEXT
} >&2
exit 1
