"""The embedded edition: broker, database and services as child processes of one command. Imported by no service."""
