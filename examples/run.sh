#!/bin/sh
# What `make run` does: show a folder of pictures in the browser, and read it meanwhile.
# Called with BIN, LIBRARY, PICTURES, DEMO and PORT in the environment.
set -eu

# In an argument like PICTURES=~/Pictures not every shell puts the home folder in.
case $PICTURES in "~/"*) PICTURES=$HOME/${PICTURES#??} ;; esac

if [ -n "$PICTURES" ]; then
    [ -d "$PICTURES" ] || { echo "PICTURES=$PICTURES is not a folder." >&2; exit 1; }
    folder=$PICTURES
else
    echo "No PICTURES=folder was given, so here is a demo library of freely licensed ones."
    "$BIN/python" examples/demo_pictures.py "$DEMO"
    folder=$DEMO
fi

exec "$BIN/lookalike" --library "$LIBRARY" serve --port "$PORT" "$folder"
