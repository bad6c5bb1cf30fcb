"""What a page says after something was done: by a short name in the address, so that nobody can put words there."""

MESSAGES = {
    "ended": "Your session has ended; sign in again.",
    "out": "You are signed out.",
    "password": "The password is changed.",
    "removed": "It is taken back.",
    "kept": "It is kept.",
}
