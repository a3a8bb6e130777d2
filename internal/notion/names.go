package notion

import (
	"leadlake"
	"leadlake/internal/naming"
)

// field is how a core column that is no event finds its property: by the first
// of the names that there is, else the first property of the type.
type field struct {
	column string
	names  []string
	kind   string
}

func templateFields() []field {
	fields := []field{
		{column: leadlake.ColumnNom, kind: "title"},
		{column: leadlake.ColumnEmail, kind: "email"},
		{column: leadlake.ColumnTelephone, kind: "phone_number"},
		{column: leadlake.ColumnStatut, kind: "status"},
	}
	for i := range fields {
		fields[i].names = naming.Template(fields[i].column)
	}
	return fields
}
