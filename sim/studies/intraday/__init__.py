"""What will the rest of today be? The day so far, what is to come, and what helps (`sim intraday`)."""
