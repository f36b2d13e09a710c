"""How does a scenario become a page in which a room moves the sliders? One file that simulates by itself."""
