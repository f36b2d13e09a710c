"""How does a scenario stand in a workbook? Sheets to fill in, read as the TOML scenario that they say."""
