#!/bin/sh
# Asks the registries what the image names of docker-compose.yml and the Dockerfiles stand for today, and prints an
# override that names just that: whoever moves a tag later changes nothing here. Needs docker with buildx.
#   make digests     (into docker-compose.digests.yml; then COMPOSE_FILE=docker-compose.yml:docker-compose.digests.yml)
set -eu
cd "$(dirname "$0")/.."

# As JSON: what a format that begins with {{.Manifest says is its own list, whatever else stands there.
digest() {
    quoted=$(docker buildx imagetools inspect --format '{{json .Manifest.Digest}}' "$1") || return 1
    printf '%s' "$quoted" | tr -d '"'
}

# pinned NAME: the name with its digest; ends the script where there is none
pinned() {
    found=$(digest "$1") || { echo "no digest of $1" >&2; exit 1; }
    case $found in
        sha256:*) printf '%s@%s' "$1" "$found" ;;
        *) echo "no digest of $1: $found" >&2; exit 1 ;;
    esac
}

# base FILE ARGUMENT: "python:3.11-..." of `ARG PYTHON=3.11-...` and `FROM python:${PYTHON}`
base() {
    version=$(sed -n "s/^ARG $2=//p" "$1")
    sed -n "s/^FROM \(.*\):\${$2}.*/\1:$version/p" "$1" | head -n 1
}

python=$(pinned "$(base deploy/docker/Dockerfile PYTHON)")
keycloak=$(pinned "$(base deploy/docker/keycloak.Dockerfile KEYCLOAK)")

echo "# Written by make digests on $(date -u +%Y-%m-%d)."
echo "services:"
awk '/^[a-z]/ { within = $1 == "services:" }
     within && /^  [a-z-]+:/ { name = $1 }
     within && /^    image:/ { print name, $2 }' docker-compose.yml |
    while read -r name image; do
        case $image in
            pattana-keycloak:*) echo "  $name { build: { args: { KEYCLOAK: \"${keycloak#*keycloak:}\" } } }" ;;
            pattana-*) echo "  $name { build: { args: { PYTHON: \"${python#*:}\" } } }" ;;
            *)
                line=$(pinned "$image") || exit 1
                echo "  $name { image: \"$line\" }"
                ;;
        esac
    done
