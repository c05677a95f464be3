"""Pings as the database's text (CSV) and as Arrow tables: the same values in both, to the bit.

The text is the way in and out of the database, because `COPY` speaks it and Arrow reads and writes
it at a million pings a second.
"""

import io

import pyarrow as pa
import pyarrow.csv as arrow_csv

_INSTANT = pa.timestamp("us", "UTC")
SCHEMA = pa.schema(
    [
        ("device_id", pa.string()),
        ("captured_at", _INSTANT),
        ("lat", pa.float64()),
        ("lon", pa.float64()),
        ("agent_id", pa.string()),
        ("branch_id", pa.string()),
        ("received_at", _INSTANT),
        ("accuracy_m", pa.float32()),
        ("speed_mps", pa.float32()),
        ("heading_deg", pa.float32()),
        ("altitude_m", pa.float32()),
        ("battery_pct", pa.float32()),
        ("is_mock", pa.bool_()),
        ("attributes", pa.string()),
    ]
)
"""The columns of a ping, which are those of the archive's files. `attributes` is JSON."""

COLUMNS = tuple(SCHEMA.names)

_AS_POSTGRES_WRITES = arrow_csv.ConvertOptions(
    column_types=SCHEMA,
    null_values=[""],
    strings_can_be_null=True,
    quoted_strings_can_be_null=False,
    true_values=["t"],
    false_values=["f"],
)


def table_of(text: bytes) -> pa.Table:
    """The pings of whole lines as ``COPY … TO (FORMAT csv)`` writes them."""
    # No value holds a line break: JSON escapes them. One block, so that no line is too long.
    reading = arrow_csv.ReadOptions(column_names=COLUMNS, block_size=len(text))
    return arrow_csv.read_csv(io.BytesIO(text), reading, convert_options=_AS_POSTGRES_WRITES)


def text_of(table: pa.Table) -> bytes:
    """The same pings as ``COPY … FROM (FORMAT csv)`` reads them."""
    sink = pa.BufferOutputStream()
    arrow_csv.write_csv(table, sink, arrow_csv.WriteOptions(include_header=False))
    text: bytes = sink.getvalue().to_pybytes()
    return text
