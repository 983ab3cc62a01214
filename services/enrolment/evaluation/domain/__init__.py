"""Questions, forms, their times, answers and batches. Pure."""
