"""The three services. They meet only through Kafka events; none imports another."""
