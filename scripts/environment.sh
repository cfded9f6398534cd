#!/bin/sh
# Usage: scripts/environment.sh [EXTRAS]
#
# Brings .venv in line with pyproject.toml: makes it if there is none that works here, and installs this package
# (editable, with the named extras) whenever pyproject.toml says something new. An environment counts as ready
# only by a stamp that is written last; one whose installation was cut short is built anew.
set -eu
cd "$(dirname "$0")/.."
wanted="[${1:-}]"
stamp=.venv/.wushi-ready        # lines: this folder, pyproject.toml's checksum, then each set of extras installed
unfinished=.venv-unfinished     # beside the environment, because making one empties its folder
python=.venv/bin/python
case $(uname -s) in MINGW* | MSYS* | CYGWIN*) python=.venv/Scripts/python ;; esac
place=$(pwd -P)
sum=$(cksum <pyproject.toml)

works() { "$python" -I -c 'import sys, pip; sys.exit(sys.version_info < (3, 12))' >/dev/null 2>&1; }
stamped() { [ -f $stamp ] && sed -n "$1" $stamp; }

# A moved environment is of no use: its commands carry the old folder in their first line.
if [ -d $unfinished ] || ! works || { [ -f $stamp ] && [ "$(stamped 1p)" != "$place" ]; }; then
    mkdir -p $unfinished
    rm -rf .venv
    echo "Making a Python environment in .venv ..."
    sh scripts/make_venv.sh .venv
fi

had=""
if [ -f $stamp ] && [ "$(stamped 2p)" = "$sum" ]; then
    had=$(stamped '3,$p')
    # Any earlier set that holds all that is wanted will do: whoever has run `make test` need not install for `make app`.
    if [ -n "$had" ]; then
        missing=""
        for extra in $(echo "${1:-}" | tr ',' ' '); do
            printf '%s\n' "$had" | tr -d '[]' | tr ',' '\n' | grep -qxF -e "$extra" || missing=$extra
        done
        if [ -z "$missing" ]; then exit 0; fi
    fi
fi

mkdir -p $unfinished
rm -f $stamp
echo "Installing wushi${1:+ with its extras $1} and what it needs (the first time this takes a few minutes) ..."
quiet=--quiet
if [ -t 1 ]; then quiet=""; fi
"$python" -I -m pip install $quiet --disable-pip-version-check --editable ".${1:+$wanted}"
printf '%s\n' "$place" "$sum" "$wanted" ${had:+"$had"} >$stamp.new
mv $stamp.new $stamp
rmdir $unfinished
