"""The 18-digit identity number (GB 11643): check digit and birth date. Pure; keeps nothing.

    431202 19491001 512 X
    region birth    no. ISO 7064 MOD 11-2 over the 17 before it
"""

from datetime import date

from controller.domain.errors import RefusalError

LENGTH = 18
WEIGHTS = tuple(2**power % 11 for power in range(17, 0, -1))
CHECK = "10X98765432"
ELDER_AGE = 70


def check_digit(digits: str) -> str:
    """Return the last sign of a number whose first 17 digits are these."""
    total = sum(int(digit) * weight for digit, weight in zip(digits, WEIGHTS, strict=True))
    return CHECK[total % 11]


def read_identity(text: str, today: date) -> str:
    """Return the number as it is kept apart from others: no spaces, a capital X.

    Raises `RefusalError` identity_wrong when the length, the check digit or the birth date (real,
    not after `today`) is wrong. The number itself is in no refusal.
    """
    number = text.replace(" ", "").upper()
    digits = number[:-1]
    if len(number) != LENGTH or not (digits.isascii() and digits.isdigit()):
        raise RefusalError("identity_wrong")
    if number[-1] != check_digit(digits) or not _plausible(number, today):
        raise RefusalError("identity_wrong")
    return number


def birth_date(number: str) -> date:
    """Return the date of birth in a number; ValueError for no date of the calendar."""
    return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))


def age(number: str, today: date) -> int:
    """Return the age in whole years; who was born on 29 February is a year older on 1 March."""
    born = birth_date(number)
    before = (today.month, today.day) < (born.month, born.day)
    return today.year - born.year - before


def is_elder(number: str, today: date) -> bool:
    """Tell whether somebody has priority for age (70 and over, domain.md 5.6)."""
    return age(number, today) >= ELDER_AGE


def _plausible(number: str, today: date) -> bool:
    try:
        return date(1850, 1, 1) <= birth_date(number) <= today
    except ValueError:
        return False
