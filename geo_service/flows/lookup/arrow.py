"""The columnar form of a batch: an Arrow IPC stream with lon and lat in, one with area_code and verdict out."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from geo_service.errors import RequestError, TooLargeError
from geo_service.flows.lookup.batch import Batch
from geo_service.flows.lookup.schemas import MAX_POINTS
from geo_service.published import Published

MEDIA_TYPE = "application/vnd.apache.arrow.stream"


def read_points(body: bytes) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """lons, lats of a stream whose columns lon and lat are float64 without nulls. RequestError names what is not so."""
    try:
        with pa.ipc.open_stream(body) as stream:
            table = stream.read_all()
    except (pa.ArrowInvalid, pa.ArrowSerializationError, OSError, EOFError) as error:
        raise RequestError(
            "arrow_unreadable", en="the body is not an Arrow IPC stream", zh="请求体不是 Arrow IPC 流", field="body"
        ) from error
    if table.num_rows > MAX_POINTS:
        raise TooLargeError("too_many_points", en="at most {limit} points in one call", zh="一次最多 {limit} 个点", limit=MAX_POINTS)
    columns = []
    for name in ("lon", "lat"):
        if table.column_names.count(name) != 1:
            raise RequestError(
                "arrow_column_missing", en="the stream needs one column {name}", zh="流中需要且只能有一列 {name}", name=name, field=name
            )
        column = table.column(name)
        if column.type != pa.float64() or column.null_count:
            raise RequestError(
                "arrow_column_type",
                en="column {name} must be float64 without nulls (float32 moves points by up to 0.35 m)",
                zh="列 {name} 必须为 float64 且无空值（float32 会使点偏移最多 0.35 米）",
                name=name,
                field=name,
            )
        columns.append(np.ascontiguousarray(column.to_numpy()))
    return columns[0], columns[1]


def write_answers(published: Published, batch: Batch) -> bytes:
    """A stream with area_code (null in no leaf), verdict and probability; the generation stands in the schema's metadata."""
    codes = pa.array(published.index.codes, type=pa.string())
    indices = pa.array(batch.positions, mask=batch.positions < 0)
    table = pa.table(
        {
            "area_code": codes.take(indices),
            "verdict": pa.array(batch.verdicts.tolist(), type=pa.string()),
            "probability": pa.array(batch.probabilities, mask=np.isnan(batch.probabilities)),
        }
    ).replace_schema_metadata({"generation": str(published.number)})
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    answer: bytes = sink.getvalue().to_pybytes()
    return answer
