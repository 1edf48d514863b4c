import json
import random
import string

import pytest
from seeding import ROOT, replace

from casebook.descriptor import LedgerError, load_tables

HEADER = "id,source,line,subject"


def fault(folder):
    with pytest.raises(LedgerError) as caught:
        load_tables(folder)
    message = str(caught.value)
    assert "\n" not in message
    return message


def test_the_books_tables_load(ledger):
    assert len(ledger.claims) > 300


def test_frictionless_accepts_the_package():
    from frictionless import Package

    report = Package(str(ROOT / "data" / "datapackage.json")).validate()
    assert report.valid, report.flatten(["rowNumber", "fieldName", "note"])


SEEDED = [
    ("claims.csv", "id,source", "key,source", "expected column id"),
    ("claims.csv", ",1200,1200,", ",many,many,", "row 2, field value_low"),
    ("claims.csv", "shop,1,baker", "shop,one,baker", "row 2, field line: expected a whole number"),
    ("claims.csv", "\nmonth,", "\nloaves,", "row 3, field id: expected a key used once"),
    ("claims.csv", "month,shop,1,baker", "month,shop,1,butcher", "row 3, field subject: expected entities.id"),
    ("claims.csv", "1200,1200", "1200,1100", "row 2, field value_high: expected a bound not below"),
    ("claims.csv", ",piece,", ",crumb,", "row 2, field unit: expected units.unit"),
    ("claims.csv", ",twelve hours,", ",twelve hours later so on,", "row 5, field as_written: expected 4 words at most"),
    ("claims.csv", ",fact,", ",truth,", "row 2, field kind: expected one of fact"),
    ("claims.csv", "3000000,3000000", "3000000,", "row 6, field value_high: expected both"),
    ("claims.csv", "7am,fact,,", "7am,fact,", "row 4: expected 14 fields, found 13"),
    ("entities.csv", ",shop,", ",shop; mill,", "row 2, field sources: expected sources.id, found “mill”"),
    ("dismissed.csv", "name of a page", "", "row 2, field reason: expected a value"),
    ("claims.csv", "twelve hours", "twelve\x07hours", "row 5, field as_written"),
]


@pytest.mark.parametrize(("file", "old", "new", "expected"), SEEDED)
def test_a_bad_table_gets_one_clear_line(small, file, old, new, expected):
    tables, _ = small
    load_tables(tables)
    replace(tables / file, old, new)
    message = fault(tables)
    assert message.startswith(file)
    assert expected in message


def test_an_empty_file(small):
    (small[0] / "claims.csv").write_bytes(b"")
    assert fault(small[0]) == "claims.csv: expected a header and rows, found an empty file"


def test_a_missing_file(small):
    (small[0] / "events.csv").unlink()
    assert "expected this table" in fault(small[0])


def test_bytes_that_are_not_utf8(small):
    data = (small[0] / "claims.csv").read_bytes()
    (small[0] / "claims.csv").write_bytes(data.replace(b"March", b"M\xe4rz"))
    assert fault(small[0]) == "claims.csv, row 3: expected UTF-8"


def test_a_broken_descriptor(small):
    (small[0] / "datapackage.json").write_text("{", encoding="utf-8")
    assert fault(small[0]).startswith("datapackage.json: expected JSON")


def test_descriptor_says_every_meaning():
    package = json.loads((ROOT / "data" / "datapackage.json").read_text(encoding="utf-8"))
    for resource in package["resources"]:
        assert resource["description"]
        assert all(field["description"] for field in resource["schema"]["fields"]), resource["name"]


def mutate(data, rng):
    """Change a table the way a tired hand, a bad tool or an attacker would."""
    choice = rng.randrange(8)
    place = rng.randrange(len(data) + 1)
    if choice == 0:
        return data[:place] + bytes([rng.randrange(256)]) + data[place:]
    if choice == 1:
        return data[:place] + data[place + rng.randrange(1, 40) :]
    if choice == 2:
        return data[:place] + data[place : place + 60] + data[place:]
    if choice == 3:
        return data.replace(b",", rng.choice([b";", b"\t", b",,"]), rng.randrange(1, 4))
    if choice == 4:
        return data[:place]
    if choice == 5:
        cell = rng.choice(
            [b'"', b"<script>alert(1)</script>", b"=cmd()", b"1e999", b"NaN", b"-0", b"\xef\xbb\xbf", b"\r"]
        )
        return data[:place] + cell + data[place:]
    if choice == 6:
        lines = data.split(b"\n")
        rng.shuffle(lines)
        return b"\n".join(lines)
    return data[:place] + "".join(rng.choices(string.printable, k=6)).encode() + data[place:]


def test_mutated_tables_are_accepted_or_refused_with_one_line(small):
    tables, _ = small
    rng = random.Random(20200126)
    files = [tables / name for name in ("claims.csv", "entities.csv", "dismissed.csv", "sources.csv", "units.csv")]
    good = {path: path.read_bytes() for path in files}
    refused = 0
    for _ in range(10_000):
        path = rng.choice(files)
        path.write_bytes(mutate(good[path], rng))
        try:
            load_tables(tables)
        except LedgerError as error:
            refused += 1
            assert "\n" not in str(error)
            assert str(error).split(",")[0].split(":")[0].endswith(".csv")
        path.write_bytes(good[path])
    assert refused > 3_000
