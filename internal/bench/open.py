"""open.py TABLE: opens a Delta table as far as the list of its files; prints the cost."""
import json
import re
import sys
import time

from deltalake import DeltaTable

begun = time.process_time()
files = DeltaTable(sys.argv[1]).get_add_actions(flatten=False).num_rows
cpu = time.process_time() - begun
peak = int(re.search(r"VmHWM:\s+(\d+)", open("/proc/self/status").read())[1]) * 1024 / 1e6
print(json.dumps({"CPU": cpu, "PeakMB": peak, "Files": files}))
