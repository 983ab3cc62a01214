"""The rules of papers: whose letter, which words, which names. Pure."""
