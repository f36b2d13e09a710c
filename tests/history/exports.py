"""Exports of WFM tools with their traps, written by hand: the columns are the tools', the numbers ours."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from zoneinfo import ZoneInfo

GENESYS = """\
Interval Start UTC Date,Queue,Media Type,Skill Set,Language,Offered,Interactions Handled,Total Handle Time (Seconds)
2026-03-02T08:00:00Z,orders,chat,billing|||returns,en-US,5,4,1600
2026-03-02T08:00:00Z,orders,chat,,de-DE,3,3,900
2026-03-02T08:00:00Z,orders,voice,,en-US,11,11,2200
2026-03-02T08:15:00Z,orders,chat,,en-US,0,0,0
2026-03-02T08:30:00Z,orders,chat,,en-US,7,8,3000
2026-03-02T08:30:00Z,orders,chat,,en-US,7,8,3000
"""
"""Traps: two media; skills and languages split an interval; a row that stands twice; more handled than offered."""

NICE = """\
#fields:date|period|TZ|ctID|ctName|fcstContactsReceived|actualContactsReceived|actualContactsHandled|actualAHT
10252026|01:30|Europe/Berlin|7|orders|9.5|8|8|310
10252026|02:00|Europe/Berlin|7|orders|9.5|6|6|300
10252026|02:30|Europe/Berlin|7|orders|9.5|5|5|320
10252026|02:00|Europe/Berlin|7|orders|9.5|4|4|280
10252026|02:30|Europe/Berlin|7|orders|9.5|3|2|290
10252026|03:00|Europe/Berlin|7|orders|9.5|7|7|305
10132026|09:00|Europe/Berlin|7|orders|9.5|12|11|300
"""
"""Traps: dates without anything between; forecasts beside what came; the hour that came twice, not told apart."""

VERINT = """\
orders,01-01-2026,30000,180
orders,02-01-2026,28000,190
orders,03-01-2026,31000,185
billing,01-01-2026,3000,170
billing,02-01-2026,4000,170
billing,03-01-2026,3000,170
"""
"""Traps: no header; months, whose dates may be read as the first three days of January."""

CALABRIO = "\n".join(
    f"{length};{date};{time};{queue};{name};{direct};{over};{lost};0;{answered};120;30;{talk};{wrap};20;15;3;9;400;0;1"
    for length, date, time, queue, name, direct, over, lost, answered, talk, wrap in (
        (15, "20260302", "08:00", 7, "orders", 9, 1, 1, 9, 2700, 180),
        (15, "20260302", "08:15", 7, "orders", 12, 0, 2, 10, 3000, 200),
        (15, "20260302", "08:00", 8, "billing", 3, 0, 0, 3, 900, 60),
        (15, "20260302", "08:15", 8, "billing", 0, 0, 0, 0, 0, 0),
    )
)
"""Traps: no header; offered is in two columns, and so is the handling time."""

TELEOPTI = """\
orders,20260302 08:00,20260302 08:30,17,179,21,4.05
orders,20260302 08:30,20260302 09:00,18.5,180,20,4.2
orders,20260302 23:30,20260303 00:00,2,200,0,1
"""
"""Traps: no header; fractions, as it is a forecast; an end on the next day."""

ELEVEO = """\
orders,2026-03-02T07:00:00Z,4,310
orders,2026-03-02T07:15:00Z,0,0
orders,2026-03-02T07:30:00Z,6,295.5
"""
ELEVEO_MAPPING = """\
header = false
times = "utc"
interval_min = 15
[columns]
queue = 1
start = 2
offered = 3
aht_s = 4
"""
"""The order of Eleveo's columns is not known for sure: this is one that its users may have."""

AMAZON = """\
QueueName,QueueId,ChannelType,TimeStamp,IntervalDuration,IncomingContactVolume,AverageHandleTime,ContactsHandled
orders,aaaa-1,CHAT,2026-03-02T08:00:00Z,30mins,10,300.5,9
orders,aaaa-1,CHAT,2026-03-02T08:30:00Z,30mins,12,290,12
orders,aaaa-1,VOICE,2026-03-02T08:30:00Z,30mins,99,100,99
"""
"""Traps: two channels; lengths as words; more columns than are needed."""

GENERIC = """\
sep=;
Kontakte März
Warteschlange;Datum;Uhrzeit;Chats;Answered;AHT;Bemerkung
Bestellung;13.03.2026;08:00 - 08:30;1.012,5;900;05:10;
Bestellung;13.03.2026;08:30 - 09:00;7,0;7;04:50;"ruhig; mit Semikolon"
Bestellung;13.03.2026;09:00 - 09:30;n/a;;;Ausfall
Summe;;;1.019,5;907;;
"""
"""Traps: a mark, a title, German numbers and dates, spans of time, mm:ss, a quoted semicolon, nothing known, a total."""


def utc_rows(zone: str, first: dt.date, days: int, minutes: int) -> Iterable[tuple[str, int]]:
    """A row for each interval of some days of a zone, as UTC, with numbers that are all different."""
    here = ZoneInfo(zone)
    start = dt.datetime.combine(first, dt.time(), here).astimezone(dt.UTC)
    end = dt.datetime.combine(first + dt.timedelta(days=days), dt.time(), here).astimezone(dt.UTC)
    n = int((end - start).total_seconds()) // (60 * minutes)
    for k in range(n):
        moment = start + dt.timedelta(minutes=k * minutes)
        yield f"{moment:%Y-%m-%dT%H:%M:%SZ}", k % 97


def csv_of(rows: Iterable[tuple[object, ...]], header: str = "start,chats") -> str:
    """Rows as a file."""
    return "\n".join([header, *(",".join(map(str, row)) for row in rows)]) + "\n"


def daily(days: int, chats: object, first: dt.date = dt.date(2026, 3, 2), hours: range = range(8, 20)) -> str:
    """History by the hour: chats is a function of the day and the hour."""
    assert callable(chats)
    return csv_of(
        (f"{first + dt.timedelta(days=day)} {hour:02d}:00", chats(day, hour))
        for day in range(days)
        for hour in hours
    )
