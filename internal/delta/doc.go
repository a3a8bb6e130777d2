// Package delta is the Delta Lake transaction log: what a commit says, what a
// table is after many of them, and how one more is made true against others
// who write at the same time. Protocol: github.com/delta-io/delta, PROTOCOL.md.
//
// It knows no leads and no SQL engine. Work on Parquet files comes in through
// the interface Parquet; keys of objects and their bytes through blob.Bucket.
//
// Where to find what, in the order of the protocol:
//
//	action.go, members.go, jsonreader.go, schema.go, datatype.go, stats.go, partition.go, path.go   what is written
//	protocol.go, properties.go      versions, features, properties: what is refused
//	log.go, segment.go, replay.go   the log's files, which of them to read, what they make true
//	checkpoint.go, writecheckpoint.go, verifycheckpoint.go, deletionvector.go, z85.go
//	keptadds.go, packedstats.go     how a state lies in memory
//	table.go, snapshot.go, timetravel.go, history.go, info.go, holdings.go   reading
//	commit.go, conflict.go          writing: optimistic, by the rules of serializable isolation
//	predicate.go, where.go          which files and rows a condition means
//	delete.go, optimize.go, restore.go, vacuum.go, maintain.go, verify.go   operations
//
// Start reading at table.go; replay.go is the heart, conflict.go the rules.
package delta
