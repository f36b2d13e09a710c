"""How much does a real chat server bear? Load that goes in stages, and load that rises until it breaks."""
