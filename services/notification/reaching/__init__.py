"""Everybody of a run told: fan-outs (domain/fan_outs.py) worked off page by page. Sends nothing."""
