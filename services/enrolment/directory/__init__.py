"""Who and where: units, provinces and their groups, positions and people."""
