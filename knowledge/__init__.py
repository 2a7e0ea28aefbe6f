"""Topics to answers: content, loading, index, search. Knows no messenger, no conversation and no database."""
