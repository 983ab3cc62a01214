# The embedded edition's database in a container, for machines that have no image of MongoDB. Only tests use it.
FROM python:3.11-slim-bookworm
ARG PIP_INDEX_URL
COPY requirements/embedded.txt requirements.txt
RUN python -m venv /app && /app/bin/pip install --no-cache-dir --no-deps --require-hashes -r requirements.txt \
    && useradd --system --uid 999 --no-create-home mongodb && mkdir -p /data/db /data/configdb && touch /data/secantusd.toml && chown -R mongodb /data
