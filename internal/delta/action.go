package delta

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// Protocol says what a reader and a writer have to understand.
type Protocol struct {
	MinReaderVersion int      `json:"minReaderVersion"`
	MinWriterVersion int      `json:"minWriterVersion"`
	ReaderFeatures   []string `json:"readerFeatures,omitempty"`
	WriterFeatures   []string `json:"writerFeatures,omitempty"`
}

// Metadata describes the table.
type Metadata struct {
	ID               string            `json:"id"`
	Name             string            `json:"name,omitempty"`
	Description      string            `json:"description,omitempty"`
	Format           Format            `json:"format"`
	SchemaString     string            `json:"schemaString"`
	PartitionColumns []string          `json:"partitionColumns"`
	Configuration    map[string]string `json:"configuration"`
	CreatedTime      int64             `json:"createdTime,omitempty"` // Unix milliseconds
}

// Format names the format of the data files; Parquet is the only one.
type Format struct {
	Provider string            `json:"provider"`
	Options  map[string]string `json:"options"`
}

// Add makes a data file part of the table.
type Add struct {
	Path             string             `json:"path"` // a URI, relative to the table's folder
	PartitionValues  map[string]*string `json:"partitionValues"`
	Size             int64              `json:"size"`             // in bytes
	ModificationTime int64              `json:"modificationTime"` // Unix milliseconds
	DataChange       bool               `json:"dataChange"`
	Stats            string             `json:"stats,omitempty"` // a Stats, as JSON
	Tags             map[string]string  `json:"tags,omitempty"`
	DeletionVector   *DeletionVector    `json:"deletionVector,omitempty"`

	packed string // in a state: Stats, by packStats
}

// Rows returns how many live rows the file has, and whether the add says so.
func (a Add) Rows() (int64, bool) {
	var s struct {
		NumRecords *int64 `json:"numRecords"`
	}
	if json.Unmarshal([]byte(a.Stats), &s) != nil || s.NumRecords == nil {
		return 0, false
	}
	if a.DeletionVector != nil {
		return *s.NumRecords - a.DeletionVector.Cardinality, true
	}
	return *s.NumRecords, true
}

// Remove takes a data file out of the table. The file stays until vacuum.
type Remove struct {
	Path                 string             `json:"path"`
	DeletionTimestamp    int64              `json:"deletionTimestamp,omitempty"` // Unix milliseconds
	DataChange           bool               `json:"dataChange"`
	ExtendedFileMetadata bool               `json:"extendedFileMetadata,omitempty"`
	PartitionValues      map[string]*string `json:"partitionValues,omitempty"`
	Size                 int64              `json:"size,omitempty"`
	DeletionVector       *DeletionVector    `json:"deletionVector,omitempty"`
}

// Txn records how far the application appId has come, in the commit that
// holds what it wrote.
type Txn struct {
	AppID       string `json:"appId"`
	Version     int64  `json:"version"`
	LastUpdated int64  `json:"lastUpdated,omitempty"` // Unix milliseconds
}

// CommitInfo says who committed what, and when.
type CommitInfo struct {
	Timestamp           int64          `json:"timestamp"` // Unix milliseconds
	Operation           string         `json:"operation"`
	OperationParameters map[string]any `json:"operationParameters"` // other writers' need not be text
	ReadVersion         *int64         `json:"readVersion,omitempty"`
	IsolationLevel      string         `json:"isolationLevel,omitempty"`
	IsBlindAppend       bool           `json:"isBlindAppend"`
	EngineInfo          string         `json:"engineInfo,omitempty"`
	TxnID               string         `json:"txnId,omitempty"`
	InCommitTimestamp   *int64         `json:"inCommitTimestamp,omitempty"` // Unix milliseconds
}

// Commit is the content of one version: every action in it becomes true at
// once.
type Commit struct {
	Info     *CommitInfo
	Protocol *Protocol
	Metadata *Metadata
	Adds     []Add
	Removes  []Remove
	Txns     []Txn
	Domains  []DomainMetadata
}

// Action is one line of a commit file, or one row of a checkpoint: one of its
// members is set. What is not listed here (cdc, what later protocols add) is
// to be ignored by the protocol's own rule.
type Action struct {
	CommitInfo     json.RawMessage     `json:"commitInfo,omitempty"`
	Protocol       *Protocol           `json:"protocol,omitempty"`
	Metadata       *Metadata           `json:"metaData,omitempty"`
	Txn            *Txn                `json:"txn,omitempty"`
	Remove         *Remove             `json:"remove,omitempty"`
	Add            *Add                `json:"add,omitempty"`
	DomainMetadata *DomainMetadata     `json:"domainMetadata,omitempty"`
	Checkpoint     *CheckpointMetadata `json:"checkpointMetadata,omitempty"`
	Sidecar        *Sidecar            `json:"sidecar,omitempty"`
}

// DomainMetadata is what one domain keeps about the table.
type DomainMetadata struct {
	Domain        string `json:"domain"`
	Configuration string `json:"configuration"`
	Removed       bool   `json:"removed"`
}

// CheckpointMetadata marks a checkpoint as one of the second kind.
type CheckpointMetadata struct {
	Version int64 `json:"version"`
}

// Sidecar names a file with a part of a checkpoint's adds and removes.
type Sidecar struct {
	Path        string `json:"path"`
	SizeInBytes int64  `json:"sizeInBytes"`
}

// single refuses an action that is several: only one of them would be read.
func (a *Action) single() error {
	if string(a.CommitInfo) == "null" { // which JSON says of what is not there, too
		a.CommitInfo = nil
	}
	n := 0
	for _, set := range []bool{
		a.CommitInfo != nil, a.Protocol != nil, a.Metadata != nil, a.Txn != nil, a.Remove != nil, a.Add != nil,
		a.DomainMetadata != nil, a.Checkpoint != nil, a.Sidecar != nil,
	} {
		if set {
			n++
		}
	}
	if n > 1 {
		return fmt.Errorf("it is %d actions in one", n)
	}
	return nil
}

// errTwice says that a commit holds an action that it may hold once.
var errTwice = errors.New("more than one action of a kind that a commit may hold once")

// parseCommit reads a commit file. A line that is cut off or is not JSON is
// an error: a commit is read whole or not at all.
func parseCommit(data []byte) (Commit, error) {
	var c Commit
	n := 0
	for a, err := range actionsIn(data) {
		if err == nil {
			err = c.take(a)
		}
		if err != nil {
			return Commit{}, err
		}
		n++
	}
	if n == 0 {
		return Commit{}, errors.New("the file is empty")
	}
	return c, c.check()
}

func (c *Commit) take(l Action) error {
	switch {
	case l.CommitInfo != nil:
		c.Info = parseInfo(l.CommitInfo)
	case l.Protocol != nil:
		if c.Protocol != nil {
			return fmt.Errorf("%w: protocol", errTwice)
		}
		c.Protocol = l.Protocol
	case l.Metadata != nil:
		if c.Metadata != nil {
			return fmt.Errorf("%w: metaData", errTwice)
		}
		c.Metadata = l.Metadata
	case l.Txn != nil:
		c.Txns = append(c.Txns, *l.Txn)
	case l.Remove != nil:
		c.Removes = append(c.Removes, *l.Remove)
	case l.Add != nil:
		c.Adds = append(c.Adds, *l.Add)
	case l.DomainMetadata != nil:
		c.Domains = append(c.Domains, *l.DomainMetadata)
	}
	return nil
}

// parseInfo reads as much of a commitInfo as it can: writers may put any JSON
// there, and nothing about the table depends on it.
func parseInfo(data json.RawMessage) *CommitInfo {
	var info CommitInfo
	if err := json.Unmarshal(data, &info); err != nil {
		var some struct {
			TxnID             string `json:"txnId"`
			InCommitTimestamp *int64 `json:"inCommitTimestamp"`
		}
		_ = json.Unmarshal(data, &some) // what is not there is ""
		return &CommitInfo{TxnID: some.TxnID, InCommitTimestamp: some.InCommitTimestamp}
	}
	return &info
}

// check refuses what would make replay ambiguous.
func (c *Commit) check() error {
	paths := make(map[string]bool, len(c.Adds))
	for _, a := range c.Adds {
		if a.Path == "" {
			return errors.New("an add without a path")
		}
		key := fileKey(a.Path, a.DeletionVector)
		if paths[key] {
			return fmt.Errorf("%w: add of %s", errTwice, a.Path)
		}
		paths[key] = true
	}
	for _, r := range c.Removes {
		if r.Path == "" {
			return errors.New("a remove without a path")
		}
	}
	return nil
}

// encode writes the commit file, commitInfo first.
func (c *Commit) encode() ([]byte, error) {
	var buffer bytes.Buffer
	encoder := json.NewEncoder(&buffer)
	encoder.SetEscapeHTML(false)
	info, err := json.Marshal(c.Info)
	if err != nil {
		return nil, fmt.Errorf("encoding commit: %w", err)
	}
	lines := []Action{{CommitInfo: info}}
	if c.Protocol != nil {
		lines = append(lines, Action{Protocol: c.Protocol})
	}
	if c.Metadata != nil {
		lines = append(lines, Action{Metadata: c.Metadata})
	}
	for i := range c.Txns {
		lines = append(lines, Action{Txn: &c.Txns[i]})
	}
	for i := range c.Removes {
		lines = append(lines, Action{Remove: &c.Removes[i]})
	}
	for i := range c.Adds {
		lines = append(lines, Action{Add: &c.Adds[i]})
	}
	for _, l := range lines {
		if err := encoder.Encode(l); err != nil {
			return nil, fmt.Errorf("encoding commit: %w", err)
		}
	}
	return buffer.Bytes(), nil
}
