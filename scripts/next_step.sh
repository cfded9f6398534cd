#!/bin/sh
# Usage: scripts/next_step.sh BIN
#
# Says how to go on after `make run`: there is no `wushi` on the path of the shell that called make.
bin=${1:?usage: scripts/next_step.sh BIN}
case ${WUSHI_LANG:-${LC_ALL:-${LC_MESSAGES:-${LANG:-}}}} in
    zh*)
        echo
        echo "接下来：make shell 打开一个可以直接键入 wushi 的终端（或者键入 $bin/wushi）；"
        echo "        make app 打开授课页面；make lessons 打开各课笔记本。"
        ;;
    *)
        echo
        echo "Next:  make shell    a shell in which  wushi  is found (or type  $bin/wushi )"
        echo "       make app      the classroom page        make lessons   the lessons in Jupyter"
        ;;
esac
