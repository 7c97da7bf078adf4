"""The grammar of times and schedules: a table of phrases, what is refused, and advice that is followed."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from globus_tui.domain.errors import BadInput
from globus_tui.domain.schedule.schedule import EndCondition, OnceSchedule, RecurringSchedule, Schedule, next_ticks
from globus_tui.domain.schedule.typed_schedules import PHRASES, parse_schedule
from globus_tui.present import schedule_words

NOW = datetime(2026, 11, 21, 20, 33, tzinfo=UTC)  # a Saturday, 14:33 in Chicago
CHICAGO = ZoneInfo("America/Chicago")
MIN, HOUR, DAY, WEEK = 60, 3600, 86_400, 604_800
WORKDAYS = ("Mon 23", "Tue 24", "Wed 25", "Thu 26", "Fri 27")


def read(phrase: str, now: datetime = NOW, zone: ZoneInfo = CHICAGO) -> list[str]:
    """Each timer as `SECONDS first run`, or `once moment`; local time."""
    found = []
    for one in parse_schedule(phrase, now, zone).schedules:
        at = one.at if isinstance(one, OnceSchedule) else one.start
        begins = at.astimezone(zone).strftime("%a %-d %H:%M").removesuffix(":00 ") if at else "-"
        if isinstance(one, OnceSchedule):
            found.append(f"once {begins}")
            continue
        end = f" x{one.end.after_runs}" if one.end.after_runs else ""
        end += f" until {one.end.until.astimezone(zone):%Y-%m-%d %H:%M}" if one.end.until else ""
        found.append(f"{int(one.interval.total_seconds())} {begins}{end}")
    return found


def weekly(*days: str, clock: str) -> list[str]:
    return [f"{WEEK} {day} {clock}" for day in days]


TABLE: dict[str, list[str]] = {
    # an amount with a unit is an interval
    "every 6h": [f"{6 * HOUR} -"],
    "each 12h": [f"{12 * HOUR} -"],
    "18h": [f"{18 * HOUR} -"],
    "every 2h for 10 runs": [f"{2 * HOUR} - x10"],
    "every 6h from 00:30": [f"{6 * HOUR} Sun 22 00:30"],
    "from tomorrow 02:00 every 6 hours": [f"{6 * HOUR} Sun 22 02:00"],
    "starting 2026-12-01 18:00, every 6 hours, 10 times": [f"{6 * HOUR} Tue 1 18:00 x10"],
    "every 90-minutes": [f"{90 * MIN} -"],
    "6-hourly": [f"{6 * HOUR} -"],
    "every 2.5 hours": [f"{9000} -"],
    "every second day": [f"{2 * DAY} -"],
    "every other day": [f"{2 * DAY} -"],
    "every 3rd day at noon": [f"{3 * DAY} Sun 22 12:00"],
    "every 1 000 seconds": ["1000 -"],
    "EVERY   NIGHT AT 2AM.": [f"{DAY} Sun 22 02:00"],
    # so many times
    "3 times a day": [f"{8 * HOUR} -"],
    "3x daily": [f"{8 * HOUR} -"],
    "twice a day at 06:00": [f"{12 * HOUR} Sat 21 18:00"],
    "5 times an hour": [f"{12 * MIN} -"],
    "once a day at 2am": [f"{DAY} Sun 22 02:00"],
    # times of day; several begin with the next of them
    "daily 0200": [f"{DAY} Sun 22 02:00"],
    "daily 18h": [f"{DAY} Sat 21 18:00"],
    "daily at 24:00": [f"{DAY} Sun 22 00:00"],
    "every night at 2": [f"{DAY} Sun 22 02:00"],
    "every night at 11": [f"{DAY} Sat 21 23:00"],
    "every evening at 8": [f"{DAY} Sat 21 20:00"],
    "every night at 9": [f"{DAY} Sat 21 21:00"],
    "every night at 07:00": [f"{DAY} Sun 22 07:00"],
    "every 18:00": [f"{DAY} Sat 21 18:00"],
    "daily at 06:00 and 18:00": [f"{12 * HOUR} Sat 21 18:00"],
    "every day at 6, 12 and 18": [f"{DAY} Sat 21 18:00", f"{DAY} Sun 22 06:00", f"{DAY} Sun 22 12:00"],
    "every 12 hours at 06:00": [f"{12 * HOUR} Sat 21 18:00"],
    "hourly at 15": [f"{HOUR} Sat 21 15:15"],
    "every 4 hours between 08:00 and 16:00": [f"{DAY} Sat 21 16:00", f"{DAY} Sun 22 08:00", f"{DAY} Sun 22 12:00"],
    # in words
    "quarter past 6": ["once Sun 22 06:15"],
    "every day at quarter to seven pm": [f"{DAY} Sat 21 18:45"],
    "every evening at half past 8": [f"{DAY} Sat 21 20:30"],
    "5 minutes to midnight": ["once Sat 21 23:55"],
    "seven thirty pm": ["once Sat 21 19:30"],
    "in a quarter of an hour": ["once Sat 21 14:48"],
    "every sun@3am": [f"{WEEK} Sun 22 03:00"],
    "daily at ten to six": [f"{DAY} Sun 22 05:50"],
    "every night at 20 past two": [f"{DAY} Sun 22 02:20"],
    "every day at six thirty": [f"{DAY} Sun 22 06:30"],
    "every hour at quarter past": [f"{HOUR} Sat 21 15:15"],
    "half past every hour": [f"{HOUR} Sat 21 15:30"],
    "every hour and a half": ["5400 -"],
    "every 2 and a half days from at noon": [f"{60 * HOUR} Sun 22 12:00"],
    "every 6 hours starting at 3": [f"{6 * HOUR} Sun 22 03:00"],
    "alternate days at 2am": [f"{2 * DAY} Sun 22 02:00"],
    "every day at 2am local time": [f"{DAY} Sun 22 02:00"],
    "2026-12-01T18:00:00.000Z": ["once Tue 1 12:00"],
    # some are left out
    "weekdays except friday at 18:00": weekly(*WORKDAYS[:4], clock="18:00"),
    "every day at 2am except weekends": weekly(*WORKDAYS, clock="02:00"),
    "every night but not sat and sun at 2": weekly(*WORKDAYS, clock="02:00"),
    "all days except friday 2am": weekly("Sun 22", *WORKDAYS[:4], "Sat 28", clock="02:00"),
    "never on weekends at 6pm": weekly(*WORKDAYS, clock="18:00"),
    "every 12 hours except mon-sat": weekly("Sun 22", clock="00:00") + weekly("Sun 22", clock="12:00"),
    # weekdays stay weekdays
    "every sunday morning at 6am": [f"{WEEK} Sun 22 06:00"],
    "every weekend night at 2am": [f"{WEEK} Sun 22 02:00", f"{WEEK} Sat 28 02:00"],
    "every sunday at 24:00": [f"{WEEK} Mon 23 00:00"],
    "mon to fri at 6pm": weekly(*WORKDAYS, clock="18:00"),
    "MO-FR 18:00": weekly(*WORKDAYS, clock="18:00"),
    "mon–fri 18h30": weekly(*WORKDAYS, clock="18:30"),
    "every weds and thurs at 9am": weekly("Wed 25", "Thu 26", clock="09:00"),
    "mon/wed 18:00": weekly("Mon 23", "Wed 25", clock="18:00"),
    "every 2 weeks on monday at 02:00": [f"{2 * WEEK} Mon 23 02:00"],
    "every other monday at 02:00": [f"{2 * WEEK} Mon 23 02:00"],
    "every monday from 2026-12-01 at 9am": [f"{WEEK} Mon 7 09:00"],
    "every 12 hours on weekends": weekly("Sun 22", clock="00:00")
    + weekly("Sun 22", clock="12:00")
    + weekly("Sat 28", clock="00:00")
    + weekly("Sat 28", clock="12:00"),
    # hours with a dash are a span where an interval stands, not an offset from UTC
    "08:00-10:00 every 2 hours": [f"{DAY} Sun 22 08:00", f"{DAY} Sun 22 10:00"],
    "every 6 hours 8am-8pm": [f"{DAY} Sat 21 20:00", f"{DAY} Sun 22 08:00", f"{DAY} Sun 22 14:00"],
    "every 6h from 2026-12-05 08:00-06:00": [f"{6 * HOUR} Sat 5 08:00"],
    "every 2h from 10pm to 2am": [f"{DAY} Sat 21 22:00", f"{DAY} Sun 22 00:00", f"{DAY} Sun 22 02:00"],
    "every 6h from now": [f"{6 * HOUR} -"],
    "every hour on the hour": [f"{HOUR} Sat 21 15:00"],
    "now + 2 hours": ["once Sat 21 16:33"],
    "4pm + 3 days": ["once Tue 24 16:00"],
    "every monday at 2am and friday": weekly("Mon 23", "Fri 27", clock="02:00"),
    "every evening at 6 and 8pm": [f"{DAY} Sat 21 18:00", f"{DAY} Sat 21 20:00"],
    # ends
    "daily at 2am until 2026-12-31": [f"{DAY} Sun 22 02:00 until 2026-12-31 23:59"],
    "daily at 2am until 2026-12-31 02:00": [f"{DAY} Sun 22 02:00 until 2026-12-31 02:00"],
    "daily at 2am not after 2026-12-31": [f"{DAY} Sun 22 02:00 until 2026-12-31 23:59"],
    "for 5 runs every 2h": [f"{2 * HOUR} - x5"],
    "for three times, every night at 2am": [f"{DAY} Sun 22 02:00 x3"],
    "until friday every night at 2am": [f"{DAY} Sun 22 02:00 until 2026-11-27 23:59"],
    "every day at 2am for 2 weeks": [f"{DAY} Sun 22 02:00 until 2026-12-06 01:59"],
    "weekdays at 18:00 until tue": [
        f"{WEEK} Mon 23 18:00 until 2026-11-24 23:59",
        f"{WEEK} Tue 24 18:00 until 2026-11-24 23:59",
    ],
    # moments
    "2 hours from now": ["once Sat 21 16:33"],
    "in 3 days at 18:00": ["once Tue 24 18:00"],
    "0200": ["once Sun 22 02:00"],
    "18h30": ["once Sat 21 18:30"],
    "24:00": ["once Sun 22 00:00"],
    "tonight 2am": ["once Sun 22 02:00"],
    "tonight at 11": ["once Sat 21 23:00"],
    "2026-12-01T18": ["once Tue 1 18:00"],
    "2026-12-01T18Z": ["once Tue 1 12:00"],
    "every 6h from 2026-12-01T18": [f"{6 * HOUR} Tue 1 18:00"],
    "2026/12/01 18:00": ["once Tue 1 18:00"],
    "25.12.2026 18:00": ["once Fri 25 18:00"],
    "12/25/2026 18:00": ["once Fri 25 18:00"],
    "tue 2026-12-01 18:00": ["once Tue 1 18:00"],
    "Sat Nov 28 16:07 UTC 2026": ["once Sat 28 10:07"],
    "20261201T180000Z": ["once Tue 1 12:00"],
    "1st of december 2026 at 6 p.m.": ["once Tue 1 18:00"],
    # zones
    "02:00 Europe/Berlin": ["once Sat 21 19:00"],
    "Europe/Berlin: 02:00".replace(":", "", 1): ["once Sat 21 19:00"],
    "every day UTC at 17:00": [f"{DAY} Sun 22 11:00"],
    "every day at 18:00+02:00": [f"{DAY} Sun 22 10:00"],
    "18:00 gmt": ["once Sun 22 12:00"],
    "every 4h from 2026-12-01T00:00Z": [f"{4 * HOUR} Mon 30 18:00"],
    "weekdays 02:00 in Europe/Berlin": weekly("Sun 22", "Mon 23", "Tue 24", "Wed 25", "Thu 26", clock="19:00"),
    "in the Europe/Berlin time zone every day at 2 in the morning": [f"{DAY} Sat 21 19:00"],
    "every day (in UTC) at 17:00": [f"{DAY} Sun 22 11:00"],
    "every day in utc+2 at 18:00 from tomorrow for 3 runs": [f"{DAY} Sun 22 10:00 x3"],
    "every day at 02:00 until 2026-12-24 in Europe/Berlin": [f"{DAY} Sat 21 19:00 until 2026-12-24 16:59"],
    "every 6h for 2 days in UTC": [f"{6 * HOUR} - until 2026-11-23 14:32"],
    "every day at 18:00 in +02:00": [f"{DAY} Sun 22 10:00"],
    "0 2 * * * in Europe/Berlin": [f"{DAY} Sat 21 19:00"],
    "tomorrow 02:00 in Europe/Berlin": ["once Sat 21 19:00"],
    "in 2 hours in UTC": ["once Sat 21 16:33"],
    "in UTC 2 hours": ["once Sat 21 16:33"],  # this one belongs to the hours
    # cron
    "0 2 * * *": [f"{DAY} Sun 22 02:00"],
    "*/15 * * * *": [f"{15 * MIN} Sat 21 14:45"],
    "0 2 * * 1-5": weekly(*WORKDAYS, clock="02:00"),
    "0 2 * * mon,7": weekly("Sun 22", "Mon 23", clock="02:00"),
    "0 2 * * 5-7": weekly("Sun 22", "Fri 27", "Sat 28", clock="02:00"),
    "5,50 * * * *": [f"{HOUR} Sat 21 14:50", f"{HOUR} Sat 21 15:05"],
    "0 2 1-31 * 1": [f"{DAY} Sun 22 02:00"],  # either of the two, and the first is every day
    "TZ=Europe/Berlin 0 2 * * *": [f"{DAY} Sat 21 19:00"],
    "0 2 * * * for 3 runs": [f"{DAY} Sun 22 02:00 x3"],
    "@daily": [f"{DAY} Sun 22 00:00"],
    "@weekly": [f"{WEEK} Sun 22 00:00"],
    "OnCalendar=daily": [f"{DAY} Sun 22 00:00"],
    "OnCalendar=weekly": [f"{WEEK} Mon 23 00:00"],
    '"0 2 * * *"': [f"{DAY} Sun 22 02:00"],
    # as one writes it in a hurry
    "mwf 6pm": weekly("Mon 23", "Wed 25", "Fri 27", clock="18:00"),
    "every tth at 9am": weekly("Tue 24", "Thu 26", clock="09:00"),
    "tue+thu 19:30": weekly("Tue 24", "Thu 26", clock="19:30"),
    "only on weekdays at 2am": weekly(*WORKDAYS, clock="02:00"),
    "every week-day at 6pm": weekly(*WORKDAYS, clock="18:00"),
    "every6h": [f"{6 * HOUR} -"],
    "six-hourly": [f"{6 * HOUR} -"],
    "every twenty minutes": ["1200 -"],
    "every 1½ hours": ["5400 -"],
    "every three quarters of an hour": ["2700 -"],
    "quarter-hourly": ["900 -"],
    "every single day of the week at 2am": [f"{DAY} Sun 22 02:00"],
    "4/day": [f"{6 * HOUR} -"],
    "4 runs per day": [f"{6 * HOUR} -"],
    "daily at 2am x5": [f"{DAY} Sun 22 02:00 x5"],
    "every 6h for 1 run": [f"{6 * HOUR} - x1"],
    "for 3 days every 6h": [f"{6 * HOUR} - until 2026-11-24 14:32"],
    "twice an hour at :10": ["1800 Sat 21 14:40"],
    "every hour at the top of the hour": [f"{HOUR} Sat 21 15:00"],
    "daily at 2am/2pm": [f"{12 * HOUR} Sun 22 02:00"],
    "daily at 1800 hours": [f"{DAY} Sat 21 18:00"],
    "6:00-18:00 every 6h": [f"{DAY} Sat 21 18:00", f"{DAY} Sun 22 06:00", f"{DAY} Sun 22 12:00"],
    "2026-335 18:00": ["once Tue 1 18:00"],
    "2026-W49-2T02:00": ["once Tue 1 02:00"],
    "friday next week 2am": ["once Fri 27 02:00"],
    "this morning 9am": ["once Sat 21 09:00"],  # it has passed, and is not tomorrow's
    # durations
    "P1D": [f"{DAY} -"],
    "pt90m from tomorrow 02:00": [f"{90 * MIN} Sun 22 02:00"],
    "P1W2D": [f"{9 * DAY} -"],
    "PT0.5H": ["1800 -"],
}


@pytest.mark.parametrize(("phrase", "timers"), TABLE.items())
def test_phrases(phrase: str, timers: list[str]) -> None:
    assert read(phrase) == timers


def test_the_page_of_help_and_what_it_says_in_passing_are_understood() -> None:
    for phrase, _ in PHRASES:
        parse_schedule(phrase, NOW, CHICAGO)
    for phrase in ("90 min", "1h30m", "2 weeks", "every day at 02:00", "1 dec 6pm", "sun 6pm", "now", "sunday 6am"):
        parse_schedule(phrase, NOW, CHICAGO)


def test_the_night_of_a_weekday_is_said() -> None:
    (told, *_) = parse_schedule("every friday night at 2am", NOW, CHICAGO).notices
    assert told == "The night is taken as Friday 02:00; for the night after Friday write saturday 02:00."


REFUSED: dict[str, tuple[str, str]] = {
    # phrase: part of the reason, and what the first near form is read as
    "every sunday": ("what time", f"{WEEK} Sun 22 02:00"),
    "weekly on sunday": ("what time", f"{WEEK} Sun 22 02:00"),
    "every night": ("what time", f"{DAY} Sun 22 02:00"),
    "mo-fr": ("what time", f"{WEEK} Mon 23 02:00"),
    "mon 2026-12-01 18:00": ("is a Tuesday", "once Tue 1 18:00"),
    "1 dec 26": ("two digits", "once Tue 1 00:00"),
    "12/01/26 18:00": ("two digits", "once Tue 1 18:00"),
    "26-12-01": ("two digits", "once Tue 1 00:00"),
    "01/02/2027": ("two ways", "once Sat 2 00:00"),
    "7": ("bare number", "once Sun 22 07:00"),
    "2026": ("bare number", "once Sat 21 20:26"),
    "every 2 hours at 45": ("no hour 45", f"{2 * HOUR} Sat 21 14:45"),
    "every 12 hours at 30 until friday": ("no hour 30", f"{12 * HOUR} Sat 21 15:30 until 2026-11-27 23:59"),
    "every 6": ("what\\?", f"{6 * MIN} -"),
    "1M": ("minute or a month", "60 -"),
    "every 1h30": ("interval or a time", f"{90 * MIN} -"),
    "18:00 EST": ("several zones.*such as America/New_York", "once Sat 21 17:00"),
    "every day at 18:00 CST": ("several zones.*such as America/Chicago", f"{DAY} Sat 21 18:00"),
    "02:00 Europe/Berlim": ("no zone", "once Sat 21 19:00"),
    "0 0 2 * * *": ("five fields", f"{DAY} Sun 22 02:00"),
    "0 0 2 * * * 2027": ("five fields", f"{DAY} Sun 22 02:00"),
    "0 2 * * * root backup": ("five fields", f"{DAY} Sun 22 02:00"),
    "0 2 1 * *": ("day of the month", f"{28 * DAY} Sun 22 02:00"),
    "0 2 * jan *": ("month", f"{DAY} Sun 22 02:00"),
    "*/7 * * * *": ("shorter last gap", f"{7 * MIN} -"),
    "*/90 * * * *": ("shorter last gap", f"{90 * MIN} -"),
    "0 */5 * * *": ("shorter last gap", f"{5 * HOUR} -"),
    "0 2 * * */2": ("shorter last gap", f"{2 * DAY} Sun 22 02:00"),
    "0 22-2 * * *": ("backwards", f"{DAY} Sat 21 22:00"),
    "0 2 * * sat-sun": ("7 at the end", f"{WEEK} Sun 22 02:00"),
    "5/15 * * * *": ("range", f"{15 * MIN} Sat 21 14:35"),
    "@reboot": ("reboots", f"{DAY} Sun 22 02:00"),
    "@monthly": ("months", f"{28 * DAY} -"),
    "P1M": ("months", f"{28 * DAY} -"),
    "P1Y": ("years", f"{365 * DAY} -"),
    "PT": ("no duration", f"{DAY} -"),
    "every 3 months": ("months", f"{91 * DAY} -"),
    "next month": ("name the day", "once Mon 21 14:33"),
    "first monday of the month": ("months", f"{28 * DAY} Mon 23 02:00"),
    "last friday at 6pm": ("months", f"{28 * DAY} Fri 27 18:00"),
    "the 5th of each month at 6pm": ("months", f"{28 * DAY} Sat 21 18:00"),
    "every 5th at 6pm": ("days of the month", f"{28 * DAY} Sat 21 18:00"),
    "the 5th at 6pm": ("of which month", "once Sat 5 18:00"),
    "every night at 2am until the 5th": ("of which month", f"{DAY} Sun 22 02:00 until 2026-12-05 23:59"),
    "every 6h from 1796000000": ("bare number", f"{6 * HOUR} Sun 29 18:53"),
    "biweekly on monday at 02:00": ("twice a week", f"{2 * WEEK} Mon 23 02:00"),
    "every 1M from tomorrow 2am": ("a month", "60 Sun 22 02:00"),
    "2026-12-01T18:00:00.5Z": ("fraction", "once Tue 1 12:00"),
    "daily at half 7": ("to others", f"{DAY} Sun 22 07:30"),
    "6 tomorrow": ("alone", "once Sun 22 06:00"),
    "evry night at 2am": ("evry", f"{DAY} Sun 22 02:00"),
    "every tusday at 9am": ("tusday", f"{WEEK} Tue 24 09:00"),
    "weekdays except holidays at 6pm": ("only weekdays can be left out", f"{WEEK} Mon 23 18:00"),
    "R5/PT6H": ("first run is counted", f"{6 * HOUR} - x5"),
    "R5/2026-12-01T02:00-06:00/P1D": ("first run is counted", f"{DAY} Tue 1 02:00 x5"),
    "R/2026-12-01T02:00-06:00/2026-12-01T08:00-06:00": ("ISO 8601", f"{6 * HOUR} Tue 1 02:00"),
    "R3/PT12H/2026-12-31T00:00Z": ("ISO 8601", f"{12 * HOUR} Tue 29 18:00 x3"),
    "0 0 2 * * ?": ("five fields", f"{DAY} Sun 22 02:00"),
    "every 15 min 9-5": ("past midnight", f"{DAY} Sat 21 15:00"),
    "every 10 min from 8am to 6pm on weekdays": ("at most 24", f"{WEEK} Mon 23 08:00"),
    "every day 2am-4am": ("how often", f"{DAY} Sun 22 02:00"),
    "every third monday": ("months", f"{3 * WEEK} Mon 23 02:00"),
    "every 10 seconds": ("60 seconds", "60 -"),
    "every 999999999999 days": ("365 days", f"{365 * DAY} -"),
    "every 1.3333 hours": ("fraction", "4800 -"),
    "2,5 hours": ("point", "9000 -"),
    "7 times a day": ("evenly", f"{4 * HOUR} -"),
    "twice a week": ("days of the week", f"{WEEK} Mon 23 02:00"),
    "every night at 2am until 2026-11-21": ("before its first run", f"{DAY} Sun 22 02:00 until 2026-11-22 23:59"),
    "weekdays 18:00 for 7 runs": ("counts its own runs", f"{WEEK} Mon 23 18:00 until 2026-12-01 18:00"),
    "every 2 hours from 08:00 until 18:00": ("once", f"{DAY} Sat 21 16:00"),
    "every hour between 9 and 5": ("past midnight", f"{DAY} Sat 21 15:00"),
    "every 2 hours on friday between 22:00 and 02:00": ("two days", f"{DAY} Sat 21 22:00"),
    "mondays at 2am and fridays at 6pm": ("schedules of their own", f"{WEEK} Mon 23 02:00"),
    "weekdays at 2am and weekends at 4am": ("schedules of their own", f"{WEEK} Mon 23 02:00"),
    "every day at 2am and sunday at 4am": ("schedules of their own", f"{DAY} Sun 22 02:00"),
    "daily at 6 and 8pm": ("am nor pm", f"{DAY} Sat 21 18:00"),
    "2 days from tomorrow": ("one run 2 days later", f"{2 * DAY} Sun 22 00:00"),
    "this weekend at 2am": ("names one day", f"{WEEK} Sun 22 02:00"),
    "7 days a week at 2am": ("on which", f"{DAY} Sun 22 02:00"),
    "every other weekday at 2am": ("Every other one", f"{WEEK} Mon 23 02:00"),
    "1800h": ("time of day or an interval", "once Sat 21 18:00"),
    "half past 25": ("half", f"{DAY} Sun 22 02:00"),
    "24.12. 12:00": ("which is the month", "once Thu 24 12:00"),
    "2026-12-01T02:00:00-06:00 every 6 hours": ("from which", f"{6 * HOUR} Tue 1 02:00"),
    "every night at 7": ("before or after the night", f"{DAY} Sun 22 07:00"),
    "tomorrow night at 8": ("before or after the night", "once Mon 23 08:00"),
    "every night at seven until friday": (
        "before or after the night",
        f"{DAY} Sun 22 07:00 until 2026-11-27 23:59",
    ),
    "every evening at 6am until friday": ("not in the evening", f"{DAY} Sun 22 06:00 until 2026-11-27 23:59"),
    "tomorrow night at 2pm": ("not in the night", "once Sun 22 14:00"),
    "friday morning at 8pm": ("not in the morning", "once Fri 27 20:00"),
    "10 runs every 2h": ("behind “for”", f"{2 * HOUR} - x10"),
    "5 runs daily at 2am": ("behind “for”", f"{DAY} Sun 22 02:00 x5"),
    "hourly at :15, :30 and :45": ("as cron says them", f"{HOUR} Sat 21 14:45"),
    "every hour at 15 and 45": ("as cron says them", f"{30 * MIN} Sat 21 14:45"),
    "every 2 hours every day between 8 and 18": ("Two intervals", f"{DAY} Sat 21 16:00"),
    "hourly on weekdays": ("120 timers", f"{WEEK} Mon 23 00:00"),
    "every 2 hours not after 6pm": ("only weekdays", f"{2 * HOUR} -"),
    "every evening at 6am": ("not in the evening", f"{DAY} Sun 22 06:00"),
    "2026-02-30": ("calendar", "once Sat 28 00:00"),
    "13pm": ("1 to 12", "once Sun 22 13:00"),
    "mwf": ("what time", f"{WEEK} Mon 23 02:00"),
    "2026335": ("bare number", "once Tue 1 00:00"),
    "2026-W49 18:00": ("which day of that week", "once Mon 30 18:00"),
    "2026-12 18:00": ("which day", "once Tue 1 18:00"),
    "wed 1 dec 18:00": ("is a Tuesday", "once Tue 1 18:00"),
    "2026-366": ("calendar", "once Thu 31 00:00"),
    "2am Berlin time": ("whole name", "once Sat 21 19:00"),
    "every day at 18:00 in New York": ("whole name", f"{DAY} Sat 21 17:00"),
    "every monday 18:00 eastern": ("whole name", f"{WEEK} Mon 23 17:00"),
    "2026-12-01 02:00 -6": ("two digits", "once Tue 1 02:00"),
    "business hours": ("which hours", f"{WEEK} Mon 23 09:00"),
    "every 4 hours during working hours": ("which hours", f"{WEEK} Mon 23 09:00"),
    "0 9-17 * * 1-5": ("45 timers", f"{WEEK} Mon 23 09:00"),
    "every 3 hours on weekdays": ("40 timers", f"{WEEK} Mon 23 00:00"),
    "on the 1st and 15th": ("which month", "once Tue 1 00:00"),
    "every month on the 1st and 15th at 2am": ("months", f"{14 * DAY} Sun 22 02:00"),
    "0 2 1,15 * *": ("months", f"{14 * DAY} Sun 22 02:00"),
    "0 2 */3 * *": ("months", f"{3 * DAY} Sun 22 02:00"),
    "0 2 * * 5L": ("day of a month", f"{28 * DAY} Fri 27 02:00"),
    "0 2 * * mon#1": ("day of a month", f"{28 * DAY} Mon 23 02:00"),
    "0 2 * * monday": ("first three", f"{WEEK} Mon 23 02:00"),
    "0 24 * * *": ("no hour", f"{DAY} Sun 22 00:00"),
    "@every 6h": ("cron's words", f"{6 * HOUR} -"),
    "twice a month": ("months", f"{14 * DAY} -"),
    "bimonthly": ("twice a month", f"{56 * DAY} -"),
    "7 nights a week at 2am": ("which days", f"{DAY} Sun 22 02:00"),
    "all week at 2am": ("which days", f"{DAY} Sun 22 02:00"),
    "next 5 nights at 2am": ("Each of them", f"{DAY} Sun 22 02:00 x5"),
    "every night this week at 2am": ("until which", f"{DAY} Sun 22 02:00 until 2026-11-22 23:59"),
    "every night in december at 2": ("no months", f"{DAY} Tue 1 02:00 until 2026-12-31 23:59"),
    "every 6h until the end of the month": ("the date", f"{6 * HOUR} - until 2026-12-01 00:00"),
    "every 6h until christmas": ("the date", f"{6 * HOUR} - until 2026-12-25 23:59"),
    "every 6h until jan 2027": ("which day", f"{6 * HOUR} - until 2027-01-01 23:59"),
    "every 6h until 12/31/26": ("two digits", f"{6 * HOUR} - until 2026-12-31 23:59"),
    "every 6h until 12/31": ("which is the month", f"{6 * HOUR} - until 2026-12-31 23:59"),
    "daily at 2am until whenever": ("no moment", f"{DAY} Sun 22 02:00 until 2026-12-21 23:59"),
    "every day at 2am between 2026-12-01 and 2026-12-10": ("times of day", f"{DAY} Tue 1 02:00 until 2026-12-10 23:59"),
    "daily at 2am for a month": ("no fixed length", f"{DAY} Sun 22 02:00 until 2026-12-22 01:59"),
    "every 6h for n runs": ("how many", f"{6 * HOUR} - x10"),
    "5x every 6h": ("behind “for”", f"{6 * HOUR} - x5"),
    "every 6h stop after 3": ("behind “for”", f"{6 * HOUR} - x3"),
    "every 6h in 2 hours": ("starting", f"{6 * HOUR} Sat 21 16:33"),
    "every -6h": ("negative", f"{6 * HOUR} -"),
    "every 100.000 seconds": ("thousands", "100000 -"),
    "every couple of hours": ("how many", f"{2 * HOUR} -"),
    "daily at 2am or 2pm": ("both", f"{12 * HOUR} Sun 22 02:00"),
    "daily at 14 pm": ("1 to 12", f"{DAY} Sun 22 14:00"),
    "daily at 24:30": ("no 24:30", f"{DAY} Sun 22 00:30"),
    "daily at 2:5": ("no time of day", f"{DAY} Sun 22 02:05"),
    "2027-01-15 2": ("alone", "once Fri 15 02:00"),
    "6am, 2pm and 10pm": ("one moment", f"{8 * HOUR} Sat 21 22:00"),
    "every hour except 2am": ("weekdays can be left out", f"{HOUR} -"),
    "every day at 25:00": ("no 25:00", f"{DAY} Sat 21 23:00"),
}


def advice(message: str) -> list[str]:
    return re.findall("“([^”]+)”", message.rpartition(" Write ")[2])


@pytest.mark.parametrize(("phrase", "reason", "meant"), [(phrase, *rest) for phrase, rest in REFUSED.items()])
def test_what_is_refused_comes_with_a_near_form_that_is_read_as_meant(phrase: str, reason: str, meant: str) -> None:
    with pytest.raises(BadInput, match=reason) as refused:
        parse_schedule(phrase, NOW, CHICAGO)
    assert read(advice(str(refused.value))[0])[0] == meant


WORDS = """
every each at on from until for in , and mon weekdays sunday mon-fri tonight tomorrow night morning 2am 18:00 24:00
25:00 0200 18h30 6h 90m 1M 2 7 2026 26 99999999999 2026-12-01 2026-02-30 9999-12-31 0001-01-01 1 dec 29 feb UTC CST
Europe/Berlin +02:00 -18:00 * */15 */7 0 1-5 @daily @reboot P1D PT90M P1M times runs once twice a day hourly now next
other second between :15 past hour hours week months 9999999 days 12/01/26 . / - @ R5/PT6H 0.5 1,5 ago
mwf 2026-335 2026-W49 berlin time next week business in december end until 5x /
quarter half past to six thirty noon except but not weekends weekend evry munday 5th the 9-5
"""
PIECES = WORDS.split()
ANYTHING = st.one_of(st.text(max_size=60), st.lists(st.sampled_from(PIECES), max_size=8).map(" ".join))


@given(ANYTHING)
@settings(max_examples=400)
def test_whatever_is_typed_is_read_or_refused_with_advice_that_is_understood(typed: str) -> None:
    schedules: tuple[Schedule, ...] = ()
    near = ["now"]
    try:
        schedules = parse_schedule(typed, NOW, CHICAGO).schedules
    except BadInput as refused:
        near = advice(str(refused))
    for schedule in schedules:
        next_ticks(schedule, NOW, 3)
    assert near
    for phrase in near:
        parse_schedule(phrase, NOW, CHICAGO)


MINUTES = st.datetimes(datetime.fromisoformat("2026-11-22"), datetime.fromisoformat("2028-11-20")).map(
    lambda at: at.replace(second=0, microsecond=0, tzinfo=UTC)
)
SCHEDULES = st.one_of(
    st.builds(OnceSchedule, st.none() | MINUTES),
    st.builds(
        RecurringSchedule,
        st.integers(60, 365 * DAY).map(lambda seconds: timedelta(seconds=seconds)),
        st.none() | MINUTES,
        st.builds(EndCondition, st.none(), st.none() | st.integers(1, 999_999)),
    ),
)


@given(SCHEDULES)
@settings(max_examples=200)
def test_what_the_program_writes_of_a_schedule_it_reads_back(schedule: Schedule) -> None:
    for zone in (ZoneInfo("UTC"), ZoneInfo("Asia/Kathmandu")):
        words = schedule_words.schedule_words(schedule, NOW, zone)
        (again,) = parse_schedule(words, NOW, zone).schedules
        assert again == schedule, words


@given(st.integers(60, 365 * DAY), MINUTES)
def test_intervals_and_ends_are_read_back_as_they_are_written(seconds: int, until: datetime) -> None:
    interval = timedelta(seconds=seconds)
    for words in (schedule_words.interval_words(interval), schedule_words.interval_short(seconds)):
        (found,) = parse_schedule(f"every {words}", NOW, CHICAGO).schedules
        assert isinstance(found, RecurringSchedule)
        assert found.interval == interval
    end = schedule_words.end_words(EndCondition(until=until), NOW, ZoneInfo("UTC"))
    (found,) = parse_schedule(f"every 1 minute {end}", NOW, ZoneInfo("UTC")).schedules
    assert isinstance(found, RecurringSchedule)
    assert found.end.until == until
