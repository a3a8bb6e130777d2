"""merge.py TABLE FILE: merges the rows of a Parquet file into a Delta table, as the original does; prints the cost."""
import json
import re
import sys
import time

import pyarrow.parquet as pq
from deltalake import DeltaTable, WriterProperties

rows = pq.ParquetFile(sys.argv[2]).read()
begun = time.process_time()
merge = DeltaTable(sys.argv[1]).merge(
    rows, "target.id = source.id", source_alias="source", target_alias="target",
    writer_properties=WriterProperties(compression="SNAPPY"))
done = merge.when_matched_update_all().when_not_matched_insert_all().execute()
cpu = time.process_time() - begun
assert done["num_target_rows_updated"] == rows.num_rows, done
peak = int(re.search(r"VmHWM:\s+(\d+)", open("/proc/self/status").read())[1]) * 1024 / 1e6
print(json.dumps({"CPU": cpu, "PeakMB": peak}))
