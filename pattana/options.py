"""Options that several commands have, described once. Imports no command and nothing of the system."""

from pathlib import Path
from typing import Final

import click

home_option: Final = click.option(
    "--home", type=click.Path(path_type=Path), help="Data folder; PATTANA_HOME or .pattana when not given."
)
url_option: Final = click.option("--url", help="Address of another edition; needs --key.")
key_option: Final = click.option(
    "--key", type=click.Path(path_type=Path), help="Folder of the key that signs its tokens."
)
