"""One folder for each protocol that clients speak; see `scrim.wire` for what a folder offers."""
