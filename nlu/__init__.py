"""Text to understanding. Knows no messenger, no conversation and no database."""
