#!/bin/sh
# Builds SecantusDB's server in Rust: build.sh VERSION ROOT puts it into ROOT/bin. All crates have the versions of the lock
# file that it was published with.
set -eu
version=$1 root=$2
work=$(mktemp -d "$root/build.XXXXXX")
trap 'rm -rf "$work"' EXIT
cd "$work"

mkdir -p fetch/src
: > fetch/src/lib.rs
printf '[package]\nname = "fetch"\nedition = "2021"\n\n[dependencies]\nsecantus-mdb = "=%s"\n' "$version" > fetch/Cargo.toml
cargo vendor --versioned-dirs --manifest-path fetch/Cargo.toml fetched
mv "fetched/secantus-mdb-$version" server
cargo vendor --locked --manifest-path server/Cargo.toml vendor

# An update that takes a value out of a unique index leaves it claimed, so that no document can ever have it again (all
# published versions; MongoDB lets go of it). Here claims go with the entries that they belong to.
storage=vendor/secantus-storage/src/lib.rs
sed -i '/fn remove_index_entries(/,/^    }/s/^        for (name, packed) in items {/        let claims = session.open_cursor(UNIQ_TABLE, None)?;\
        for (name, packed) in items {\
            let (value, owner) = unpack_entry(packed);\
            claims.reset()?;\
            claims.set_key_sssu(db, \&key_coll(db, coll), name, value);\
            if claims.search().is_ok() \&\& claims.get_value_q().ok() == owner {\
                claims.remove()?;\
            }/' "$storage"
grep -q 'let (value, owner) = unpack_entry(packed);' "$storage"
sed -i 's/"files":{[^}]*}/"files":{}/' vendor/secantus-storage/.cargo-checksum.json

# It asks for a newer Rust than it uses.
CARGO_TARGET_DIR=$work/target cargo install --path server --locked --offline --ignore-rust-version --no-track --root "$root" \
	--config 'source.crates-io.replace-with="vendored"' --config "source.vendored.directory=\"$work/vendor\""
