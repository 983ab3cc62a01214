"""Uploaded files as rows of text: CSV in the variants that Excel writes, and XLSX. Knows no column's meaning.

A file of a stranger is parsed in a process of its own, under limits that the kernel keeps: `process` starts it,
`child` is what runs there, and what it answers is JSON, a line for each row. Kept empty: that process imports little.
"""
