"""How does a simulated log leave as a platform's export? A file a platform, and `sim import` reads it."""
