"""The reporting service: facts into answers. It folds events and decides nothing."""
