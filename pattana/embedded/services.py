"""`python -m pattana.embedded.services`: the services process of the embedded edition."""

from pattana.embedded.application import create_app
from pattana.embedded.settings import EmbeddedSettings
from shared.runtime import serve

if __name__ == "__main__":
    serve(create_app, EmbeddedSettings())
