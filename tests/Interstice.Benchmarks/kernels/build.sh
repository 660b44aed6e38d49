#!/bin/sh
# Builds the kernels: C by clang, AssemblyScript by asc. The .wasm files are kept in the repository, so only a change of a
# kernel needs this. CLANG and ASC name other compilers than clang-22 (with its wasm-ld) and the asc of
# src/guests/assemblyscript (npm ci there).
set -eu
cd "$(dirname "$0")"
CLANG=${CLANG:-clang-22}
ASC=${ASC:-../../../src/guests/assemblyscript/node_modules/.bin/asc}
for source in c/*.c; do
    name=$(basename "$source" .c)
    "$CLANG" --target=wasm32 -O2 -std=c17 -Wall -Wextra -Werror -ffreestanding -nostdlib \
        -Wl,--no-entry -Wl,--strip-all -o "$name.wasm" "$source"
    echo "$name.wasm: $(wc -c < "$name.wasm") bytes"
done
"$ASC" assemblyscript/objects.ts -O3 --runtime incremental --use abort=assemblyscript/objects/onAbort \
    -o objects.wasm
echo "objects.wasm: $(wc -c < objects.wasm) bytes"
