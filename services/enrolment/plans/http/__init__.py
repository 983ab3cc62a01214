"""Development plans over HTTP."""
