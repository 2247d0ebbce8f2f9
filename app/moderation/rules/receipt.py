"""The secret part of a receipt: with the number it opens the page of a report, without account.

It can be read out, typed and written on paper; it is kept nowhere, the platform's key makes it.
"""

import hmac

from app import crypto

LETTERS = "abcdefghjkmnpqrstvwxyz"
LENGTH, GROUP = 12, 4


def receipt_secret(code: str) -> str:
    """Twelve letters in groups of four, 53 bits beside the number's own 48."""
    number = int.from_bytes(crypto.sign("receipt", code))
    letters = ""
    for _ in range(LENGTH):
        number, rest = divmod(number, len(LETTERS))
        letters += LETTERS[rest]
    return "-".join(letters[at : at + GROUP] for at in range(0, LENGTH, GROUP))


def opens(code: str, secret: str) -> bool:
    """Whether somebody typed the secret that belongs to the number, in any spelling."""
    typed = "".join(char for char in secret.lower() if char.isascii() and char.isalpha())
    return hmac.compare_digest(typed, receipt_secret(code).replace("-", ""))
