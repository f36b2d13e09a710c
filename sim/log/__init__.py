"""What is recorded? The log of chats, and how it is exported."""
