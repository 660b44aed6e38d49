#!/bin/sh
# Fetches SQLite's amalgamation (public domain) out of an npm package and builds the SQLite kernel of the engine benchmark
# into artifacts/kernels/sqlite.wasm. Neither source nor binary is kept in the repository.
# Needs npm, clang-22 with lld-22, wasi-libc and libclang-rt-22-dev-wasm32 (Debian's names). CLANG names another compiler,
# SQLITE a folder that holds sqlite3.c and sqlite3.h already.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=$here/../../../../artifacts/kernels
CLANG=${CLANG:-clang-22}
PACKAGE=better-sqlite3@13.2.0
mkdir -p "$out/sqlite"
if [ -z "${SQLITE:-}" ]; then
    SQLITE=$out/sqlite/package/deps/sqlite3
    if [ ! -f "$SQLITE/sqlite3.c" ]; then
        (cd "$out/sqlite" && tar -xzf "$(npm pack --silent "$PACKAGE")" package/deps/sqlite3)
    fi
fi
# No threads, no files, no clock: the module imports nothing.
"$CLANG" --target=wasm32-wasi -Wno-deprecated -O2 -mexec-model=reactor -mno-simd128 -mno-atomics -mno-tail-call -mno-exception-handling \
    -DSQLITE_OS_OTHER=1 -DSQLITE_THREADSAFE=0 -DSQLITE_TEMP_STORE=3 -DSQLITE_DEFAULT_MEMSTATUS=0 -DSQLITE_DQS=0 \
    -DSQLITE_OMIT_LOAD_EXTENSION -DSQLITE_OMIT_LOCALTIME -DSQLITE_OMIT_WAL -DSQLITE_OMIT_SHARED_CACHE \
    -I"$SQLITE" -Wl,--strip-debug -Wl,-z,stack-size=1048576 \
    -o "$out/sqlite.wasm" "$SQLITE/sqlite3.c" "$here/memory_vfs.c" "$here/workload.c"
echo "artifacts/kernels/sqlite.wasm: $(wc -c < "$out/sqlite.wasm") bytes"
