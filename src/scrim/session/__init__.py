"""What lasts as long as a session: the sign-in arithmetic that both sides of it share."""
