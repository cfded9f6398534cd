#!/bin/sh
# Usage: scripts/shell.sh
#
# Opens the user's own shell with this folder's environment first on the path, so that `wushi` and `python` are found;
# `exit` leaves it. A start-up file of the shell may put other folders before it, so these two are told where they stand.
set -eu
cd "$(dirname "$0")/.."
bin=$(pwd -P)/.venv/bin
if [ ! -d "$bin" ]; then bin=$(pwd -P)/.venv/Scripts; fi
VIRTUAL_ENV=$(dirname "$bin")
PATH=$bin:$PATH
export PATH VIRTUAL_ENV
unset PYTHONHOME PYTHONPATH
shell=${WUSHI_SHELL:-${SHELL:-/bin/sh}}
if [ -t 0 ]; then echo "wushi is on the path here: try  wushi --help  (leave with: exit)"; fi
case $(basename "$shell") in
    bash)
        start=$(mktemp)
        trap 'rm -f "$start"' EXIT
        printf '[ -f ~/.bashrc ] && . ~/.bashrc\nPATH="%s:$PATH"\n' "$bin" >"$start"
        "$shell" --rcfile "$start" -i
        ;;
    *) "$shell" ;;
esac
