"""One module per thing the service shows; each route says what it answers and every way it can refuse."""
