"""Who comes? Draws, and how they are drawn."""
