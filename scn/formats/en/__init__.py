"""English, as read around the world."""
