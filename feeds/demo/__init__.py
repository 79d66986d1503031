"""What the demo city is made of: its people, its matters, its hours. Pure generators; none of them knows the log."""
