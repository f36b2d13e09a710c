"""What would other platforms call the same chats? Key figures by the definitions of nine vendors."""
