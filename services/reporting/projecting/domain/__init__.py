"""What events come to: nominations, buckets, rollups, descriptions, and the generations that hold them. Pure."""
