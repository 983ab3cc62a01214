#!/bin/sh
# Prints the path of SecantusDB's server in Rust, several times as fast as the one of its wheel: built by cargo, once, and
# kept in the user's cache. Prints nothing where it cannot be had; then the wheel's does the work. Only tests need it.
set -eu
VERSION=0.5.3-beta.196
REVISION=1 # of what build.sh mends
cache=${PATTANA_CACHE:-${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/pattana}
root=$cache/secantusd-$VERSION-$REVISION
program=$root/bin/secantusd-rs

wheel() {
	echo "$1: the tests run on the SecantusDB of the wheel, which takes twice as long" >&2
	exit 0
}

if [ ! -x "$program" ]; then
	command -v cargo > /dev/null || wheel "no cargo here"
	mkdir -p "$root"
	echo "building secantusd-rs $VERSION, once, in some minutes (what cargo says is in $root/build.log)" >&2
	sh "$(dirname "$0")/build.sh" "$VERSION" "$root" > "$root/build.log" 2>&1 || wheel "it could not be built"
fi
echo "$program"
