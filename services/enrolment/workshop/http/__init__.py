"""Groups and ideas over HTTP."""
