"""Judges sessions on a Spark cluster and compares with one machine.

Each partition is piped through `sscard replay - --ndjson`: sessions in, rows out.
What Spark does here another engine does as well; see docs/at-scale.md.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter

from pyspark import SparkFiles
from pyspark.sql import SparkSession
from pyspark.sql import functions as f

ROW = """id string, outcome string, generation string, rules array<string>, region string,
    chip_maker string, card_maker string, passed boolean, error string"""

# 0 all as expected, 14 some not, 65 some cannot be read: each row says so itself.
JUDGED = (0, 14, 65)


def judge(partition, sessions, name):
    """The rows of one partition, by one process: few sessions are in memory."""
    with tempfile.TemporaryFile() as told:
        process = subprocess.Popen(
            [SparkFiles.get(name), "replay", "-", "--ndjson"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=told,
        )
        broken = []

        def feed():
            try:
                with process.stdin as into:
                    for session in sessions:
                        into.write(session.value + b"\n")
            except BrokenPipeError:
                pass  # the exit code tells why
            except Exception as error:  # no end of the sessions, which the rows would hide
                broken.append(error)
                process.kill()

        feeder = threading.Thread(target=feed, daemon=True)
        feeder.start()
        try:
            for row in process.stdout:
                # Without an id a session is called after its line, and every partition
                # has a line of that number.
                yield row.decode().replace('{"id":"-:', f'{{"id":"part-{partition}:', 1)
            code = process.wait()
            feeder.join()
        finally:
            process.kill()
        if broken:
            raise broken[0]
        if code not in JUDGED:
            told.seek(0)
            words = told.read(2000).decode(errors="replace")
            # The task fails, and Spark gives the partition to another machine.
            raise RuntimeError(f"partition {partition}: sscard ended with {code}: {words}")


# One pass over the rows: each adds one to a few tables, `table:key`.
SUMMARY = """
    SELECT label, count(*) AS count
    FROM (SELECT *, chip_maker || '/' || card_maker AS maker FROM rows)
    LATERAL VIEW explode(concat(
        array(
            'sessions:' || if(error IS NULL, if(passed, 'passed', 'failed'), 'unreadable'),
            'outcomes:' || outcome,
            'generations:' || generation,
            'regions:' || region,
            'makers:' || maker
        ),
        transform(rules, rule -> 'rules:' || rule),
        transform(rules, rule -> 'together:' ||
            concat_ws('  ', coalesce(region, '-'), coalesce(maker, '-'), rule))
    )) AS label
    WHERE label IS NOT NULL
    GROUP BY label
"""


def on_cluster(arguments):
    """The summary by Spark, the number of partitions, and the seconds that it took."""
    spark = (
        SparkSession.builder.master(arguments.master)
        .appName("sscard replay")
        .config("spark.ui.enabled", "false")
        .config("spark.log.level", "ERROR")
        # Parts as small as asked for, not as large as Spark likes them.
        .config("spark.sql.files.openCostInBytes", "1")
        .config("spark.sql.files.minPartitionNum", str(arguments.partitions))
        .getOrCreate()
    )
    with spark:
        spark.sparkContext.addFile(arguments.program)
        name = os.path.basename(arguments.program)
        begun = time.monotonic()
        # Bytes as they are, and lines that end where they end for sscard.
        lines = spark.read.format("text").option("lineSep", "\n").load(arguments.sessions)
        lines = lines.select(f.col("value").cast("binary"))
        judged = lines.rdd.mapPartitionsWithIndex(lambda at, part: judge(at, part, name))
        rows = spark.createDataFrame(judged.map(lambda row: (row,)), "row string")
        rows.select(f.from_json("row", ROW).alias("row")).select("row.*").createTempView("rows")
        found = spark.sql(SUMMARY).collect()
        seconds = time.monotonic() - begun
        summary = {}
        for label, count in found:
            table, key = label.split(":", 1)
            summary.setdefault(table, {})[key] = count
        return summary, judged.getNumPartitions(), seconds


def on_one_machine(arguments):
    """The same summary: by sscard what it sums up itself, the rest of its rows."""
    command = [arguments.program, "replay", arguments.sessions]
    ran = subprocess.run(command + ["--json"], capture_output=True, check=False)
    if ran.returncode not in JUDGED:
        sys.exit(f"at-scale: sscard ended with {ran.returncode}: {ran.stdout.decode()}")
    own = json.loads(ran.stdout)["summary"]
    count = {"regions": Counter(), "makers": Counter(), "together": Counter()}
    begun = time.monotonic()
    rows = subprocess.Popen(command + ["--ndjson"], stdout=subprocess.PIPE)
    for row in map(json.loads, rows.stdout):
        makers = [row["chip_maker"], row["card_maker"]]
        maker = "/".join(makers) if all(makers) else None
        count["regions"].update(filter(None, [row["region"]]))
        count["makers"].update(filter(None, [maker]))
        place = [row["region"] or "-", maker or "-"]
        count["together"].update("  ".join([*place, rule]) for rule in row["rules"])
    rows.wait()
    seconds = time.monotonic() - begun
    summary = {table: own[table] for table in ("outcomes", "generations", "rules")} | count
    summary["sessions"] = {key: own[key] for key in ("passed", "failed", "unreadable")}
    # What never came is no entry.
    entries = {table: {k: n for k, n in keys.items() if n} for table, keys in summary.items()}
    return {table: keys for table, keys in entries.items() if keys}, seconds


def show(summary):
    """Most frequent first, of the combinations the first ten."""
    for table in ("sessions", "outcomes", "generations", "regions", "makers", "rules", "together"):
        keys = sorted(summary.get(table, {}).items(), key=lambda entry: (-entry[1], entry[0]))
        print("region, maker and rule" if table == "together" else table)
        for key, count in keys[:10] if table == "together" else keys:
            print(f"  {key:<60}{count:>12}")
        if table == "together" and len(keys) > 10:
            print(f"  and {len(keys) - 10} more")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sessions", help="NDJSON: a file or a folder that every machine sees")
    parser.add_argument("--program", required=True, help="sscard, for the machines' system")
    parser.add_argument("--master", default="local[*]")
    parser.add_argument("--partitions", type=int, default=4 * (os.cpu_count() or 1))
    parser.add_argument("--alone", action="store_true", help="no comparison with one machine")
    arguments = parser.parse_args()
    arguments.program = os.path.realpath(arguments.program)
    summary, partitions, seconds = on_cluster(arguments)
    show(summary)
    print(f"Spark, {arguments.master}, {partitions} partitions: {seconds:.1f} s", file=sys.stderr)
    if arguments.alone:
        return
    alone, seconds = on_one_machine(arguments)
    print(f"one process, rows read in Python: {seconds:.1f} s", file=sys.stderr)
    for table in sorted(summary.keys() | alone.keys()):
        left, right = summary.get(table, {}), alone.get(table, {})
        for key in sorted(left.keys() | right.keys()):
            if left.get(key) != right.get(key):
                print(f"{table} {key}: Spark {left.get(key)}, one machine {right.get(key)}")
    if summary != alone:
        sys.exit("at-scale: Spark and one machine do not say the same")
    print("Spark and one machine say the same")


if __name__ == "__main__":
    main()
