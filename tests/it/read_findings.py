"""Reads findings with an Avro library that has nothing in common with those Tenure writes with.

    python3 read_findings.py schemas/finding.avsc RECORDS

RECORDS holds records as they lie in Kafka in Avro's single-object encoding, each behind its length in four bytes,
big-endian. Each comes out as one line of JSON, times in microseconds. Needs the package `fastavro`.
"""

import datetime
import io
import json
import struct
import sys

import fastavro
from fastavro.schema import fingerprint, to_parsing_canonical_form

EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)


def micros(at):
    return (at - EPOCH) // datetime.timedelta(microseconds=1)


def records(file):
    while head := file.read(4):
        (length,) = struct.unpack(">I", head)
        yield file.read(length)


def main(schema_path, records_path):
    with open(schema_path, encoding="utf-8") as file:
        text = json.load(file)
    header = b"\xc3\x01" + bytes.fromhex(fingerprint(to_parsing_canonical_form(text), "CRC-64-AVRO"))
    schema = fastavro.parse_schema(text)
    with open(records_path, "rb") as file:
        for record in records(file):
            if record[:10] != header:
                sys.exit(f"the header is {record[:10].hex()}, the schema says {header.hex()}")
            body = io.BytesIO(record[10:])
            finding = fastavro.schemaless_reader(body, schema)
            if body.read():
                sys.exit("bytes stand behind a record")
            print(json.dumps(finding, default=micros))


main(*sys.argv[1:])
