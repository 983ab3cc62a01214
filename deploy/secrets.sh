#!/bin/sh
# Makes every secret of the compose edition once, each in a file of deploy/secrets/. What exists is left as it is.
# The folder is closed to others; the files in it are readable because containers run under users of their own.
set -eu
cd "$(dirname "$0")"
mkdir -p secrets
chmod 700 secrets
cd secrets

random() { head -c "$1" /dev/urandom | base64 | tr -d '\n=' | tr '+/' '-_'; }

# make NAME VALUE: whole or absent, and never over an old one
make() {
    [ -e "$1" ] && return
    rm -f ".$1.half"
    printf '%s\n' "$2" > ".$1.half"
    chmod 444 ".$1.half"
    mv ".$1.half" "$1"
    echo "made deploy/secrets/$1"
}

make citizen_key "$(random 32)"
make contact_keys "k1=$(head -c 32 /dev/urandom | base64 | tr -d '\n')"
make badge_keys "b1=$(head -c 32 /dev/urandom | base64 | tr -d '\n')"
make position_keys "p1=$(head -c 32 /dev/urandom | base64 | tr -d '\n')"

make mongo_root_password "$(random 32)"
make mongo_keyfile "$(head -c 512 /dev/urandom | base64 | tr -d '\n')"
for user in enrolment notification reporting operator erasure; do
    make "mongo_url_$user" "mongodb://$user:$(random 32)@mongodb:27017/?replicaSet=rs0&authSource=admin"
done

# The broker's users. Whoever gets a new password (its file removed) gets it at the broker when kafka_jaas is made anew too.
for user in enrolment notification reporting operator admin; do
    make "kafka_password_$user" "$(random 32)"
done
broker=$(random 32)
make kafka_jaas "KafkaServer {
  org.apache.kafka.common.security.plain.PlainLoginModule required username=\"broker\" password=\"$broker\"
  user_broker=\"$broker\"$(for user in enrolment notification reporting operator admin; do
    printf '\n  user_%s="%s"' "$user" "$(cat "kafka_password_$user")"
done);
};"

# The broker's certificate, which the services know; nobody else meets it.
if [ ! -e kafka_keystore ]; then
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 -subj "/CN=kafka" \
        -addext "subjectAltName=DNS:kafka" -addext "keyUsage=critical,digitalSignature,keyCertSign" \
        -keyout .kafka_key.half -out .kafka_authorities.half 2>/dev/null
    cat .kafka_key.half .kafka_authorities.half > .kafka_keystore.half
    rm .kafka_key.half
    chmod 444 .kafka_keystore.half .kafka_authorities.half
    mv .kafka_authorities.half kafka_authorities
    mv .kafka_keystore.half kafka_keystore
    echo "made deploy/secrets/kafka_keystore and kafka_authorities"
fi

make keycloak_admin_password "$(random 24)"
make keycloak_database_password "$(random 32)"
make operator_client_secret "$(random 32)"

# A certificate for trying: browsers warn of it. Put one of the ministry's own in its place.
if [ ! -e gateway_certificate ]; then
    host=$(printf '%s' "${SITE_URL:-https://localhost}" | sed -E 's|^https?://([^/:]+).*|\1|')
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 365 -subj "/CN=$host" \
        -addext "subjectAltName=DNS:$host" -keyout .gateway_key.half -out .gateway_certificate.half 2>/dev/null
    chmod 444 .gateway_key.half .gateway_certificate.half
    mv .gateway_key.half gateway_key
    mv .gateway_certificate.half gateway_certificate
    echo "made deploy/secrets/gateway_certificate, self-signed for $host"
fi
