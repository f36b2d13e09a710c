"""How does a result become a document that can be sent? Once, for a page and for a PDF."""
