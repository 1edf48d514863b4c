import json
import random
import string

import pytest
from seeding import ROOT, replace

from casebook.ledger.descriptor import LedgerError, load_tables

GRAMMAR = "a number in the digits 0-9, an ISO date or a clock time"
PLAIN = "a number in the digits 0-9, such as -12.5 or 3e6"


def fault(folder):
    with pytest.raises(LedgerError) as caught:
        load_tables(folder)
    message = str(caught.value)
    assert "\n" not in message
    return message


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
    ("claims.csv", "1200,1200", "12:00,12:00", "row 2, field value_low: expected a number, its unit is piece, found"),
    ("claims.csv", "07:00,07:00", "7,7", "row 4, field value_low: expected a clock time, its unit is clock-time"),
    ("claims.csv", "07:00,07:00", "25:00,25:00", "row 4, field value_low: expected"),
    ("claims.csv", "\nmonth,", '\n"month,', "row 3: expected comma-separated values, found a quote that is not closed"),
    ("claims.csv", "id,source", "sep=;\nid,source", "row 1: expected the names of the columns, found a line that only"),
    ("claims.csv", "twelve hours", "twelve\x07hours", "row 5, field as_written"),
    ("claims.csv", "twelve hours", "twelve\ufeffhours", "characters that cannot be seen, found “twelve�hours”"),
]
NUMBERS = [
    ("claims.csv", ",1200,1200,", ",{0},{0},", f"row 2, field value_low: expected {GRAMMAR}, found “{{0}}”",
     "0_936 １２００ ١٢٠٠ 1e400 ½ 四千 Ⅻ +5 inf 007 -0 -0.0"),
    ("units.csv", "second,time,second,1,", "second,time,second,{0},", f"row 2, field factor: expected {PLAIN}",
     "0_936 １２ ١٢ 1e400 ½ 四千 Ⅻ 1. .5 NaN Infinity 0x10 007 -0 -0e3"),
    ("claims.csv", "shop,1,baker", "shop,{0},baker", "row 2, field line: expected a whole number in the digits 0-9",
     "１ 1_0 1.0 1e0 Ⅰ 01 -0"),
]  # fmt: skip
SEEDED += [
    (file, old, new.format(number), expected.format(number))
    for file, old, new, expected, numbers in NUMBERS
    for number in [*numbers.split(), "1 200"]
]


@pytest.mark.parametrize(("file", "old", "new", "expected"), SEEDED)
def test_a_bad_table_gets_one_clear_line(small, file, old, new, expected):
    tables, _ = small
    load_tables(tables)
    replace(tables / file, old, new)
    message = fault(tables)
    assert message.startswith(file)
    assert expected in message


@pytest.mark.parametrize(("mark", "end"), [(b"\xef\xbb\xbf", b"\n"), (b"", b"\r\n"), (b"\xef\xbb\xbf", b"\r\n")])
def test_what_a_spreadsheet_adds_changes_nothing(small, mark, end):
    before = load_tables(small[0])
    for path in small[0].glob("*.csv"):
        path.write_bytes(mark + path.read_bytes().replace(b"\n", end))
    assert load_tables(small[0]) == before
    replace(small[0] / "units.csv", "second,time,second,1,", "second,time,second,5e-07,")
    assert load_tables(small[0])["units"][0]["factor"] == "5e-07"


@pytest.mark.parametrize(("mark", "name"), [(";", "semicolons"), ("\t", "tabs"), ("|", "pipes")])
def test_other_separators_are_refused_in_words(small, mark, name):
    path = small[0] / "claims.csv"
    path.write_text("\ufeff" + path.read_text(encoding="utf-8").replace(",", mark), encoding="utf-8")
    assert fault(small[0]) == f"claims.csv, row 1: expected fields separated by commas, found {name}"


def test_files_that_cannot_be_read(small):
    claims, events, descriptor = (small[0] / name for name in ("claims.csv", "events.csv", "datapackage.json"))
    data = claims.read_bytes()
    claims.write_bytes(b"")
    assert fault(small[0]) == "claims.csv: expected a header and rows, found an empty file"
    claims.write_bytes(data.splitlines(keepends=True)[0])
    replace(small[0] / "corrections.csv", "\n", "\nloaves,drop,,a reason,,open,1200\n")
    assert fault(small[0]).startswith("claims.csv: expected rows under the header: corrections.csv, row 2")
    (small[0] / "corrections.csv").write_text((small[0] / "corrections.csv").read_text().splitlines()[0], "utf-8")
    claims.write_bytes(data.replace(b"March", b"M\xe4rz"))
    assert fault(small[0]) == "claims.csv, row 3: expected UTF-8"
    claims.write_bytes(data)
    events.unlink()
    assert "expected this table" in fault(small[0])
    descriptor.write_text("{", encoding="utf-8")
    assert fault(small[0]).startswith("datapackage.json: expected JSON")


def places(part, path=()):
    """Yield the way to every entry of a descriptor."""
    for key, inner in part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ():
        yield (*path, key)
        yield from places(inner, (*path, key))


JUNK = [None, 7, "x", "(", [], {}, [1], True, float("nan"), "no", ["id", "id", "id"], [["id"]]]
FIELD, TABLE, SCHEMA = ("schema", "fields", 0), (), ("schema",)  # of the claims
RULES = [
    (FIELD, {"constraints": []}), (FIELD, {"constraints": {"minimum": 1}}), (FIELD, {"constraints": {"required": "no"}}),
    (FIELD, {"constraints": {"minimum": True}}), (FIELD, {"constraints": {"minimum": float("nan")}}),
    (FIELD, {"maxWords": "x"}), (TABLE, {"ordered": [["line", "line", "line"]]}), (SCHEMA, {"primaryKey": []}),
    (SCHEMA, {"foreignKeys": [{"fields": "id", "reference": {"resource": "series"}}]}),
]  # fmt: skip


@pytest.mark.parametrize("number", range(len(RULES)))
def test_a_rule_that_cannot_be_followed_is_told_with_table_and_field(small, number):
    (way, change), path = RULES[number], small[0] / "datapackage.json"
    found = json.loads(path.read_text(encoding="utf-8"))
    part = found["resources"][2]
    for key in way:
        part = part[key]
    part |= change
    path.write_text(json.dumps(found), encoding="utf-8")
    place = "claims, field id" if way == FIELD else "claims"
    assert fault(small[0]).startswith(f"datapackage.json: resource {place}: expected ")


def test_a_descriptor_with_any_entry_spoilt_is_used_or_refused_in_one_line(small):
    path, rng, refused = small[0] / "datapackage.json", random.Random(7), 0
    good = json.loads(path.read_text(encoding="utf-8"))
    ways = list(places(good))
    for way in rng.sample(ways, 300):
        spoilt = json.loads(json.dumps(good))
        part = spoilt
        for key in way[:-1]:
            part = part[key]
        if rng.random() < 0.3:
            del part[way[-1]]
        else:
            part[way[-1]] = rng.choice(JUNK)
        path.write_text(json.dumps(spoilt), encoding="utf-8")
        try:
            load_tables(small[0])
        except LedgerError as error:
            refused += 1
            assert "\n" not in str(error), way
    assert refused > 50
    for text in ("{}", "[]", "null", '{"resources": []}', '{"resources": [{"name": "claims"}]}'):
        path.write_text(text, encoding="utf-8")
        assert fault(small[0]).startswith("datapackage.json: expected")


def test_descriptor_says_every_meaning():
    package = json.loads((ROOT / "data" / "datapackage.json").read_text(encoding="utf-8"))
    for resource in package["resources"]:
        assert resource["description"]
        assert all(field["description"] for field in resource["schema"]["fields"]), resource["name"]


CELLS = [b'"', b"<script>alert(1)</script>", b"=cmd()", b"1e999", b"NaN", b"-0", b"\xef\xbb\xbf", b"\r"]


def mutate(data, rng):
    """Change a table the way a tired hand, a bad tool or an attacker would."""
    place, lines = rng.randrange(len(data) + 1), data.split(b"\n")
    before, after = data[:place], data[place:]
    changes = [
        lambda: before + bytes([rng.randrange(256)]) + after,
        lambda: before + after[rng.randrange(1, 40) :],
        lambda: before + after[:60] + after,
        lambda: data.replace(b",", rng.choice([b";", b"\t", b",,"]), rng.randrange(1, 4)),
        lambda: before,
        lambda: before + rng.choice(CELLS) + after,
        lambda: b"\n".join(rng.sample(lines, len(lines))),
        lambda: before + "".join(rng.choices(string.printable, k=6)).encode() + after,
    ]
    return rng.choice(changes)()


def test_mutated_tables_are_accepted_or_refused_with_one_line(small):
    tables, _ = small
    rng = random.Random(20200126)
    files = [tables / name for name in ("claims.csv", "entities.csv", "dismissed.csv", "sources.csv", "units.csv")]
    good = {path: path.read_bytes() for path in files}
    refused = 0
    for _ in range(2_500):
        path = rng.choice(files)
        path.write_bytes(mutate(good[path], rng))
        try:
            load_tables(tables)
        except LedgerError as error:
            refused += 1
            assert "\n" not in str(error)
            assert str(error).split(",")[0].split(":")[0].endswith(".csv")
        path.write_bytes(good[path])
    assert refused > 750
