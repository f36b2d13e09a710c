"""How do we show it? Tables, documents and pictures."""
