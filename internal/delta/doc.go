// Package delta is the Delta Lake transaction log: what a commit says, what a
// table is after many of them, and how one more is made true against others
// who write at the same time. Protocol: github.com/delta-io/delta, PROTOCOL.md.
//
// It knows no leads and no SQL engine, and moves no rows: whoever writes
// Parquet files tells it their names, sizes and statistics.
//
// Start reading at table.go; replay.go is the heart, conflict.go the rules.
package delta
