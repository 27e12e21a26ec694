"""What the people of the tests say, question by question, and the photo they allow."""

from __future__ import annotations

import random
import struct
import zlib
from pathlib import Path

from tests.e2e.tablet_page import Answers, Interview

MEMBERS: tuple[Answers, ...] = (
    {
        "alias": "Иванка „Ваня“",
        "relationship": "child",
        "sex": "female",
        "year_of_birth": "2009",
        "ever_elsewhere": "yes",
        "lives_here": "yes",
        "trips_count": "1",
        "first_trip_year": "2012",
        "first_trip_country": "de",
        "here_since_year": "2014",
    },
    {
        "alias": "Großvater Georgi",
        "relationship": "parent",
        "sex": "male",
        "year_of_birth": "1951",
        "ever_elsewhere": "no",
        "lives_here": "no",
        "country": "bg",
        "region": "Пловдив, Столипиново",
        "since_year": "1951",
        "sends_money": "no",
        "contact": "weekly",
        "last_visit": "longer",
        "gets_money": "yes",
        "reunion_plan": "obstacle",
    },
)


def family_in_duisburg(photo: Path) -> Interview:
    """A family that moved from Plovdiv to Duisburg."""
    return Interview(
        {
            "place_kind": "arrival",
            "place": "duisburg",
            "interview_language": "bg",
            "consent": "yes",
            "consent_special": "yes",
            "age": "43",
            "gender": "female",
            "citizenships": ["bg", "tr"],
            "education": "upper_secondary",
            "education_country": "bg",
            "marital_status": "widowed",
            "birth_country": "bg",
            "mother_tongues": ["bg", "tr"],
            "household_size": "3",
            "own_relationship": "head",
            "children_count": "1",
            "ever_abroad": "yes",
            "first_departure": "2012",
            "route": ["gr", "de"],
            "reasons": ["work", "other"],
            "reason_other": "Заради пътя на сестра ми",
            "first_mover": "siblings",
            "entry_papers": "eu_citizen",
            "here_since": "2014",
            "why_here": ["family", "work"],
            "intention": "undecided",
            "return_condition": "Arbeit, von der man leben kann <und> Ruhe & Frieden",
            "housing_type": "rented_flat",
            "rooms": "2",
            "persons": "3",
            "rent": "612.5",
            "registration": "all",
            "housing_problems": ["damp", "cost"],
            "housing_satisfaction": "4",
            "work_status": "employed",
            "occupation": "Чистачка в болница",
            "contract": "fixed_term",
            "weekly_hours": "32.5",
            "search_channels": ["family", "street"],
            "recognition": "partly",
            "income": "to_1500",
            "pay_problems": ["late", "hours"],
            "pay_help": ["nobody"],
            "recognition_barriers": ["language"],
            "german_speak": "fairly",
            "children_here": "1",
            "school_attendance": "all",
            "insurance": "own_work",
            "health_self": "fair",
            "disc_offices": "often",
            "disc_reaction": ["family"],
            "offices": ["jobcenter", "registry"],
            "office_interpreter": "child",
            "covid_travel": "yes",
            "sends": "yes",
            "send_frequency": "monthly",
            "amount": "1800",
            "purposes": ["daily_needs", "health"],
            "send_channel": "driver",
            "receives": "no",
            "care_received": ["house"],
            "life_satisfaction": "7",
            "photo_consent": "yes",
            "photo": photo,
            "photo_subject": "Входът на къщата",
            "open_word": 'Zeile eins\nZeile "zwei"; mit, Zeichen 🏠',
            "follow_up": "yes",
            "completion": "complete",
            "others_present": ["children"],
            "interviewer_note": "Das Kind hat übersetzt.",
        },
        {"members": MEMBERS},
    )


def noise_picture(path: Path, side: int, seed: int) -> Path:
    """A PNG of random pixels, which no one can compress: about ``3 * side * side`` bytes."""
    noise = random.Random(seed)
    rows = b"".join(b"\0" + noise.randbytes(3 * side) for _ in range(side))

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    picture = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows, 0)) + chunk(b"IEND", b"")
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + picture)
    return path
