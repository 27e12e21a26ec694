#!/usr/bin/env bash
# Writes the hashed lock files under deploy/locks from pyproject.toml. No registry's address enters them.
set -euo pipefail
cd "$(dirname "$0")/../.."
compile() {
    uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
        --no-header --no-annotate "$@"
}
compile pyproject.toml -o deploy/locks/runtime.lock
compile --group build -c deploy/locks/runtime.lock -o deploy/locks/build.lock
compile --group test -c deploy/locks/runtime.lock -c deploy/locks/build.lock -o deploy/locks/test.lock
