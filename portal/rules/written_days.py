"""Days and instants as people write them: "17 Feb 2003", "Feb 17, 2003 14:05", "2003-02-17", "17.2.2003"."""

import datetime as dt
import re

_MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
_WEEKDAY = re.compile(r"^(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\b[.,]?\s*")
_YEAR_FIRST = re.compile(r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})")
_DOTTED = re.compile(r"(?P<day>\d{1,2})\.\s?(?P<month>\d{1,2})\.\s?(?P<year>\d{4})")
_DAY_FIRST = re.compile(
    r"(?P<day>\d{1,2})(?:st|nd|rd|th)?[ .-]*(?P<name>[a-z]{3,9})\.?[ ,-]*(?P<year>\d{4})"
)
_MONTH_FIRST = re.compile(
    r"(?P<name>[a-z]{3,9})\.? *(?P<day>\d{1,2})(?:st|nd|rd|th)?,? +(?P<year>\d{4})"
)
_SLASHED = re.compile(r"(?P<one>\d{1,2})/(?P<two>\d{1,2})/(?P<year>\d{4})")
_TIME = re.compile(
    r"(?:[ ,t]+|^)(?:at )?(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::\d{2})? ?(?P<half>[ap]\.?m\.?)?$"
)


def day_of(text: str) -> dt.date:
    """The day that a text names. Raises ValueError, with a sentence, for none and for one that is read in two ways."""
    text = _WEEKDAY.sub("", " ".join(text.casefold().split()))
    for form in (_YEAR_FIRST, _DOTTED, _DAY_FIRST, _MONTH_FIRST):
        found = form.fullmatch(text)
        if found is not None:
            return _day(found.groupdict())
    if (found := _SLASHED.fullmatch(text)) is not None:
        return _slashed(int(found["one"]), int(found["two"]), int(found["year"]))
    raise ValueError("This is no day: write it as 17 Feb 2003.")


def instant_of(text: str) -> dt.datetime:
    """The day and the time that a text names, in no zone yet. Raises ValueError with a sentence."""
    text = " ".join(text.casefold().split())
    found = _TIME.search(text)
    if found is None:
        raise ValueError("The time is missing: write it as 17 Feb 2003 14:05.")
    day = day_of(text[: found.start()])
    hour, half = int(found["hour"]), (found["half"] or "")[:1]
    if half and not 1 <= hour <= 12:
        raise ValueError(f"There is no hour {hour} in half a day: write it as 14:05.")
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    try:
        return dt.datetime.combine(day, dt.time(hour, int(found["minute"])))
    except ValueError:
        raise ValueError(f"There is no time {found[0].strip()}: write it as 14:05.") from None


def written(day: dt.date) -> str:
    """A day as all pages write it: "17 Feb 2003"; of an instant its time too, "17 Feb 2003 14:05"."""
    text = f"{day.day} {_MONTHS[day.month - 1][:3].capitalize()} {day.year:04}"
    return f"{text} {day:%H:%M}" if isinstance(day, dt.datetime) else text


def _day(found: dict[str, str]) -> dt.date:
    month = int(found["month"]) if "month" in found else _month(found["name"])
    try:
        return dt.date(int(found["year"]), month, int(found["day"]))
    except ValueError:
        raise ValueError(
            f"There is no such day: month {month} of {found['year']} has no day {int(found['day'])}."
            if 1 <= month <= 12
            else f"There is no month {month}: write the day as 17 Feb 2003."
        ) from None


def _month(name: str) -> int:
    for number, full in enumerate(_MONTHS, 1):
        if full.startswith(name):
            return number
    raise ValueError(f"There is no month “{name}”: write the day as 17 Feb 2003.")


def _slashed(one: int, two: int, year: int) -> dt.date:
    """A day with strokes, where only one reading is a day: 17/2/2003 and 2/17/2003, never 2/3/2003."""
    if one <= 12 and two <= 12 and one != two:
        raise ValueError(
            f"{one}/{two}/{year} is read in two ways: write the month as a word, as in 17 Feb 2003."
        )
    day, month = (one, two) if two <= 12 else (two, one)
    return _day({"year": str(year), "month": str(month), "day": str(day)})
