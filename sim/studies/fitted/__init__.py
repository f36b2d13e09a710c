"""Which scenario fits a real log, and how well does it predict what came later? A file a question."""
