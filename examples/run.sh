#!/bin/sh
# What `make run` does: index a folder of pictures, then answer a few questions about it.
# Called with BIN, LIBRARY, PICTURES and DEMO in the environment.
set -eu

if [ -n "$PICTURES" ]; then
    [ -d "$PICTURES" ] || { echo "PICTURES=$PICTURES is not a folder." >&2; exit 1; }
    folder=$PICTURES
else
    echo "No PICTURES=folder was given, so here is a demo library of freely licensed ones."
    "$BIN/python" examples/demo_pictures.py "$DEMO"
    folder=$DEMO
fi

lookalike() { "$BIN/lookalike" --library "$LIBRARY" "$@"; }

lookalike index "$folder"
for words in "a cat" "flowers" "people" "buildings at the water"; do
    printf '\n$ lookalike --library %s search "%s"\n' "$LIBRARY" "$words"
    lookalike search "$words" --limit 5
done
printf '\n'
lookalike status
