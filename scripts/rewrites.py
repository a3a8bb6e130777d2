"""rewrites.py LEADLAKE ORACLE FOLDER...: rewrites copies of Delta tables that
other engines wrote (optimize, restore, vacuum, a checkpoint in place of a
broken one, delete) with our program, and has those engines read the outcome. A
table that our program refuses to write has to stay as it is, byte for byte."""

import glob
import json
import os
import shutil
import subprocess
import sys
import tempfile

leadlake, oracle, *folders = sys.argv[1:]
sys.path.insert(0, oracle)
from engines import digest, read  # noqa: E402

os.environ["TZ"] = "America/Los_Angeles"  # nothing may depend on the zone


def ours(table, *words, fails=False):
    done = subprocess.run([leadlake, "lake", words[0], table, *words[1:]], capture_output=True, text=True)
    if fails and done.returncode == 1:
        return done.stderr
    if done.returncode:
        raise SystemExit(f"{table}: leadlake lake {' '.join(words)}: {done.stderr}")
    return done.stdout


def rows(table):
    header, *lines = ours(table, "cat").removesuffix("\n").split("\n")
    return digest([header, *sorted(lines)])


def content(table):
    names = (os.path.join(folder, name) for folder, _, names in os.walk(table) for name in names)
    return {name: open(name, "rb").read() for name in names}


def check(table, want, after, judges):
    """Everybody reads the rows that they should."""
    for engine, got in {"leadlake": rows(table), **{e: read(e, table, None)[1:3] for e in judges}}.items():
        if tuple(got) != tuple(want):
            raise SystemExit(f"{table}: after {after} {engine} reads {got}, not {want}")


def delete(table, column, judges):
    """The rows with one value of the column go: that of most of them."""
    header, *lines = ours(table, "cat").removesuffix("\n").split("\n")
    values = [value for value in (json.loads(line)[column] for line in lines) if value is not None]
    if not values:
        return
    value = max(sorted(set(values)), key=values.count)
    quoted = "'" + str(value).replace("'", "''") + "'"
    condition = '"' + column.replace('"', '""') + '" = ' + quoted
    left = [line for line in lines if json.loads(line)[column] != value]
    done = json.loads(ours(table, "delete", "--where", condition, "-o", "json"))
    if done["rows"] != len(lines) - len(left):
        raise SystemExit(f"{table}: {done} was deleted, not {len(lines) - len(left)} rows")
    if left:  # without a row the judges have no say on types
        check(table, digest([header, *sorted(left)]), f"delete --where {condition}", judges)


def rewrite(table):
    """-> whether the table could be written."""
    before, first = content(table), rows(table)
    # Who reads the table otherwise before we touch it is no judge of it: delta-rs
    # takes timestamps of the year 9999 in the old form for others.
    judges = [e for e in os.environ.get("JUDGES", "deltalake,duckdb").split(",") if read(e, table, None)[1:3] == tuple(first)]
    if not judges:
        raise SystemExit(f"{table}: nobody reads {first}")
    refused = ours(table, "optimize", "-o", "json", fails=True)
    if not refused.startswith("{"):
        if "cannot be done" not in refused or content(table) != before:
            raise SystemExit(f"{table}: refused without a reason, or changed: {refused}")
        return False
    check(table, first, "optimize", judges)
    info = json.loads(ours(table, "info", "-o", "json"))
    ordered = [c["name"] for c in info["columns"] if c["type"] in ("string", "long", "integer", "date", "timestamp", "double")]
    partitions = set(p for p in ordered if glob.glob(f"{glob.escape(table)}/**/{p}=*", recursive=True))
    for column in [c for c in ordered if c not in partitions][:1]:
        ours(table, "optimize", "--order-by", column)
        check(table, first, f"optimize --order-by {column}", judges)
    history = [json.loads(line) for line in ours(table, "history", "-o", "json").splitlines()]
    newest, oldest = history[0]["version"], history[-1]["version"]
    if "cannot go back" not in ours(table, "restore", str(oldest), fails=True):
        old = read("duckdb", table, oldest)
        if old[0] == "ok":
            check(table, old[1:3], f"restore {oldest}", judges)
        ours(table, "restore", str(newest))
        check(table, first, f"restore {newest}", judges)
    now = json.loads(ours(table, "info", "-o", "json"))["version"]
    checkpoint = f"{table}/_delta_log/{now:020d}.checkpoint.parquet"
    with open(checkpoint, "wb") as file:
        file.write(b"PAR1 cut off")
    ours(table, "fsck", "--repair", fails=True)  # 1 where data files of the table are not as the log says
    check(table, first, "a checkpoint that was mended", judges)
    if not os.path.getsize(checkpoint) > 100:
        raise SystemExit(f"{table}: the checkpoint was not mended")
    ours(table, "vacuum", "--retain-hours", "0", "--force", "--delete")
    check(table, first, "vacuum", judges)
    simple = [c["name"] for c in info["columns"] if c["type"] in ("string", "long", "integer", "date")]
    for column in [c for c in simple if c not in partitions][:1] + [c for c in simple if c in partitions][:1]:
        delete(table, column, judges)
    return True


def main():
    written, refused = 0, 0
    with tempfile.TemporaryDirectory() as work:
        for source in folders:
            table = os.path.join(work, "table")
            shutil.copytree(source, table)
            if read("duckdb", table, None)[0] == "ok" and not ours(table, "cat", fails=True).startswith("leadlake:"):
                if rewrite(table):
                    written += 1
                else:
                    refused += 1
            shutil.rmtree(table)
    if not written:
        raise SystemExit("no table was rewritten")
    print(f"interop: {written} tables of other engines, rewritten by Leadlake, are read as before; {refused} more it refuses to write, by name")


main()
