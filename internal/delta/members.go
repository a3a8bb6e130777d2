package delta

// The names of the members of actions, as a commit file holds them. They are
// those of the JSON tags, by which actions are written.

func (a *Action) member(name string) any {
	switch name {
	case "commitInfo":
		return &a.CommitInfo
	case "protocol":
		return made(&a.Protocol)
	case "metaData":
		return made(&a.Metadata)
	case "txn":
		return made(&a.Txn)
	case "remove":
		return made(&a.Remove)
	case "add":
		return made(&a.Add)
	case "domainMetadata":
		return made(&a.DomainMetadata)
	case "checkpointMetadata":
		return made(&a.Checkpoint)
	case "sidecar":
		return made(&a.Sidecar)
	}
	return nil
}

// made returns what p points to, which is there from now on.
func made[T any](p **T) *T {
	if *p == nil {
		*p = new(T)
	}
	return *p
}

func (p *Protocol) member(name string) any {
	switch name {
	case "minReaderVersion":
		return &p.MinReaderVersion
	case "minWriterVersion":
		return &p.MinWriterVersion
	case "readerFeatures":
		return &p.ReaderFeatures
	case "writerFeatures":
		return &p.WriterFeatures
	}
	return nil
}

func (m *Metadata) member(name string) any {
	switch name {
	case "id":
		return &m.ID
	case "name":
		return &m.Name
	case "description":
		return &m.Description
	case "format":
		return &m.Format
	case "schemaString":
		return &m.SchemaString
	case "partitionColumns":
		return &m.PartitionColumns
	case "configuration":
		return &m.Configuration
	case "createdTime":
		return &m.CreatedTime
	}
	return nil
}

func (f *Format) member(name string) any {
	switch name {
	case "provider":
		return &f.Provider
	case "options":
		return &f.Options
	}
	return nil
}

func (a *Add) member(name string) any {
	switch name {
	case "path":
		return &a.Path
	case "partitionValues":
		return &a.PartitionValues
	case "size":
		return &a.Size
	case "modificationTime":
		return &a.ModificationTime
	case "dataChange":
		return &a.DataChange
	case "stats":
		return &a.Stats
	case "tags":
		return &a.Tags
	case "deletionVector":
		return made(&a.DeletionVector)
	}
	return nil
}

func (r *Remove) member(name string) any {
	switch name {
	case "path":
		return &r.Path
	case "deletionTimestamp":
		return &r.DeletionTimestamp
	case "dataChange":
		return &r.DataChange
	case "extendedFileMetadata":
		return &r.ExtendedFileMetadata
	case "partitionValues":
		return &r.PartitionValues
	case "size":
		return &r.Size
	case "deletionVector":
		return made(&r.DeletionVector)
	}
	return nil
}

func (d *DeletionVector) member(name string) any {
	switch name {
	case "storageType":
		return &d.StorageType
	case "pathOrInlineDv":
		return &d.PathOrInlineDV
	case "offset":
		return &d.Offset
	case "sizeInBytes":
		return &d.SizeInBytes
	case "cardinality":
		return &d.Cardinality
	}
	return nil
}

func (t *Txn) member(name string) any {
	switch name {
	case "appId":
		return &t.AppID
	case "version":
		return &t.Version
	case "lastUpdated":
		return &t.LastUpdated
	}
	return nil
}

func (d *DomainMetadata) member(name string) any {
	switch name {
	case "domain":
		return &d.Domain
	case "configuration":
		return &d.Configuration
	case "removed":
		return &d.Removed
	}
	return nil
}

func (c *CheckpointMetadata) member(name string) any {
	if name == "version" {
		return &c.Version
	}
	return nil
}

func (s *Sidecar) member(name string) any {
	switch name {
	case "path":
		return &s.Path
	case "sizeInBytes":
		return &s.SizeInBytes
	}
	return nil
}
