"""The demo: performs plays through the services' HTTP APIs and compares their answers with the numbers."""
