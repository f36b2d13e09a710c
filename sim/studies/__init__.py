"""What is the user's question? Studies over many runs."""
