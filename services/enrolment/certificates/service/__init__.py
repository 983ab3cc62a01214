"""What is done with certificates, each in one unit of work."""
