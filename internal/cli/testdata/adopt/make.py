"""make.py [NAME...]: writes the tables beside it, as the programs that teams have used wrote theirs.

Needs deltalake 1.6 and pyarrow; for those called spark-*, pyspark and delta-spark with their jars in ORACLE_JARS.
Twelve leads: the same in each, all made up. Lead 11 is not in Notion any more, as the tests have it.
"""
import datetime as dt
import glob
import os
import shutil
import sys

import pyarrow as pa
from deltalake import DeltaTable, WriterProperties, write_deltalake

HERE = os.path.dirname(os.path.abspath(__file__))
UTC = dt.timezone.utc
EVENTS = ["date_prise_contact", "date_reponse_prospect", "date_appel_propose", "date_appel_booke", "date_relance"]
LABELS = dict(zip(EVENTS, ["Date de prise de contact", "Date de réponse du prospect", "Date d'appel proposé", "Date d'appel booké", "Date de relance"]))
FIRST = dt.datetime(2025, 1, 6)


def page(i):
    """Ids as Notion's API gives them, and as its addresses do."""
    dashed = f"f47ac10b-58cc-4372-a567-0e02b2c3d4{i:02d}"
    return dashed if i % 2 == 0 else dashed.replace("-", "")


def when(i, j):
    """The day of event j of lead i; None where it has not happened."""
    return FIRST + dt.timedelta(days=9 * i + 2 * j) if i % (j + 1) == 0 else None


def leads(moment, kind):
    """Columns of the original's model: what it documents, and some of the template's."""
    columns = {
        "id": pa.array([page(i) for i in range(12)]),
        "nom": pa.array([f"Personne {i}" for i in range(12)]),
        "email": pa.array([f"p{i}@exemple.fr" if i % 3 else None for i in range(12)]),
        "telephone": pa.array([f"+33 6 39 98 00 {i:02d}" for i in range(12)]),
        "statut": pa.array([["Nouveau", "Contacté", None][i % 3] for i in range(12)], pa.string()),
    }
    for j, e in enumerate(EVENTS):
        columns[e] = pa.array([d and moment(d, i) for i in range(12) for d in [when(i, j)]], kind)
    columns |= {
        "ville": pa.array(["Lyon", "Orléans"] * 6),
        "budget": pa.array([i * 1000 if i else None for i in range(12)], pa.int64()),
        "score": pa.array([i / 4 for i in range(12)]),
        "en_croissance": pa.array([i % 2 == 0 for i in range(12)]),
        "type_de_setting": pa.array([["Appel", "E-mail"][: i % 3] for i in range(12)], pa.list_(pa.string())),
        "note": pa.nulls(12, pa.string()),
    }
    return pa.table(columns)


def midnight(d, i):
    return d.replace(tzinfo=UTC)


def instant(d, i):
    """Half past midnight in Paris, which is the day before in UTC; or noon."""
    return (d - dt.timedelta(minutes=30) if i % 2 else d + dt.timedelta(hours=12)).replace(tzinfo=UTC)


ZONED, NAIVE = pa.timestamp("us", "UTC"), pa.timestamp("us")


def french(t):
    more = {"nom": "Nom", "email": "Email pro", "telephone": "Téléphone", "statut": "État", "ville": "Ville de résidence", "budget": "Chiffre d'affaires simplifié"}
    return t.rename_columns([(LABELS | more).get(name, name) for name in t.column_names])


def write(name, t, **how):
    write_deltalake(os.path.join(HERE, name), t, writer_properties=WriterProperties(compression="SNAPPY"), **how)


def merge(name, t):
    DeltaTable(os.path.join(HERE, name)).merge(t, "t.id = s.id", "s", "t").when_matched_update_all().when_not_matched_insert_all().execute()


def midnights():
    """As the original writes it: days as timestamps of midnight UTC, appended, then merged."""
    t = leads(midnight, ZONED)
    write("midnights", t.slice(0, 8))
    merge("midnights", t.slice(6))


def instants():
    """The template's own labels, and moments instead of days."""
    write("instants", french(leads(instant, ZONED)))


def naive():
    """Timestamps without a zone, which need a feature of the protocol."""
    write("naive", leads(lambda d, i: d + dt.timedelta(hours=i), NAIVE).select(["id", "nom", *EVENTS]))


def partitioned():
    """By status, with old files vacuumed, the log cut off behind a checkpoint, and more commits since."""
    t = leads(midnight, ZONED).select(["id", "nom", "date_prise_contact"])
    t = t.append_column("statut", pa.array(["Contacté", None] * 6, pa.string()))
    write("partitioned", t.slice(0, 6), partition_by=["statut"], configuration={"delta.logRetentionDuration": "interval 0 seconds"})
    merge("partitioned", t.slice(4, 4))
    table = DeltaTable(os.path.join(HERE, "partitioned"))
    table.create_checkpoint()
    table.vacuum(retention_hours=0, enforce_retention_duration=False, dry_run=False)
    table.cleanup_metadata()
    merge("partitioned", t.slice(6))


def wrong():
    t = leads(midnight, ZONED).select(["id", "nom", "date_relance"])
    ids = t.column("id").to_pylist()
    write("null-ids", t.set_column(0, "id", pa.array(ids[:10] + [None, None])))
    write("twice", t.set_column(0, "id", pa.array(ids[:11] + [ids[0].replace("-", "").upper()])))
    write("text-dates", t.set_column(2, "date_relance", pa.array(["06/01/2025"] * 12)))
    write("others", t.set_column(0, "id", pa.array([f"lead-{i}" for i in range(12)])))


def spark():
    from pyspark.sql import SparkSession

    jars = ":".join(sorted(glob.glob(os.path.join(os.environ["ORACLE_JARS"], "*.jar"))))
    conf = {"spark.driver.extraClassPath": jars, "spark.sql.session.timeZone": "UTC", "spark.sql.shuffle.partitions": "1", "spark.ui.enabled": "false", "spark.sql.warehouse.dir": "/tmp/adopt-warehouse",
            "spark.sql.extensions": "io.delta.sql.DeltaSparkSessionExtension", "spark.databricks.delta.writeChecksumFile.enabled": "false",
            "spark.sql.catalog.spark_catalog": "org.apache.spark.sql.delta.catalog.DeltaCatalog"}
    builder = SparkSession.builder.master("local[1]")
    for key, value in conf.items():
        builder = builder.config(key, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("OFF")

    def save(name, t, **properties):
        import pyarrow.parquet as pq

        source = os.path.join("/tmp", f"adopt-{name}.parquet")
        pq.write_table(t, source)
        w = session.read.parquet(source).coalesce(1).write.format("delta")
        for key, value in properties.items():
            w = w.option("delta." + key.replace("_", "."), value)
        w.save(os.path.join(HERE, name))

    # Twelve leads, and one that is deleted by a deletion vector.
    t = leads(midnight, ZONED)
    extra = t.slice(0, 1).set_column(0, "id", pa.array(["f47ac10b58cc4372a5670e02b2c3d499"]))
    save("spark-vectors", pa.concat_tables([t, extra]), enableDeletionVectors="true")
    session.sql(f"DELETE FROM delta.`{HERE}/spark-vectors` WHERE id = 'f47ac10b58cc4372a5670e02b2c3d499'")
    # Labels with spaces, which Spark only takes with column mapping.
    save("spark-mapped", french(t), columnMapping_mode="name")
    for junk in glob.glob(os.path.join(HERE, "spark-*", "**", ".*.crc"), recursive=True):
        os.remove(junk)


def main():
    makers = {"midnights": midnights, "instants": instants, "naive": naive, "partitioned": partitioned, "wrong": wrong, "spark": spark}
    for name in sys.argv[1:] or makers:
        for old in ([name] if name not in ("wrong", "spark") else {"wrong": ["null-ids", "twice", "text-dates", "others"],
                                                                    "spark": ["spark-vectors", "spark-mapped"]}[name]):
            shutil.rmtree(os.path.join(HERE, old), ignore_errors=True)
        makers[name]()


main()
