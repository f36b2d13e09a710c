"""What is a chat centre? Rules, laws of duration, scenarios and their files."""
