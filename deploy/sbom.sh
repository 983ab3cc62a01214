#!/bin/sh
# sbom.sh FOLDER: what is in our images, a CycloneDX file for each, from the lock that it is built from. What the base
# images hold is in theirs; the broker's jars of the embedded edition are in pattana/embedded/kafka.jars.
set -eu
folder=$1
cd "$(dirname "$0")/.."
bin=${BIN:-.venv/bin}
mkdir -p "$folder"
for lock in $("$bin/python" -c 'from services import SERVICES; print(*SERVICES)') command; do
    "$bin/cyclonedx-py" requirements "requirements/$lock.txt" --pyproject pyproject.toml --output-reproducible \
        --of JSON -o "$folder/$lock.cdx.json"
    echo "$folder/$lock.cdx.json"
done
