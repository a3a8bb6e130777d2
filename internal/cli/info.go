package cli

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"leadlake/internal/app"
)

func newLakeInfo(w World) *cobra.Command {
	var m moment
	c := tableCommand{
		use: "info [PATH] [flags]", short: "Describe a table", forms: []string{asText, asJSON},
		run: func(cmd *cobra.Command, t *app.Table, _ []int64, form string) error {
			at, err := m.read(cmd)
			if err != nil {
				return err
			}
			info, err := t.Info(cmd.Context(), at)
			if err != nil {
				return err
			}
			if form == asJSON {
				return json.NewEncoder(w.Stdout).Encode(info)
			}
			return printInfo(w.Stdout, info)
		},
	}
	return m.optionalFlags(c.build(w))
}

func printInfo(out io.Writer, info app.TableInfo) error {
	rows := "?"
	if info.Rows != nil {
		rows = strconv.FormatInt(*info.Rows, 10)
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(table, "Table\t%s\n", cmp.Or(printable(info.Name), "without a name"))
	fmt.Fprintf(table, "Version\t%d\nRows\t%s\nFiles\t%d, %s\n", info.Version, rows, info.Files, size(info.Bytes))
	fmt.Fprintf(table, "Protocol\treader %d, writer %d\nId\t%s\n", info.ReaderVersion, info.WriterVersion, printable(info.ID))
	if len(info.Columns) > 0 {
		fmt.Fprintln(table, "\nCOLUMN\tTYPE")
	}
	for _, c := range info.Columns {
		fmt.Fprintf(table, "%s\t%s\n", printable(c.Name), typeInWords(c.Type))
	}
	return table.Flush()
}

// typeInWords shows a type of the protocol as SQL writes it, such as
// array<struct<a long, b date>>.
func typeInWords(described json.RawMessage) string {
	var name string
	if json.Unmarshal(described, &name) == nil {
		return printable(name)
	}
	var t struct {
		Type        string
		ElementType json.RawMessage
		KeyType     json.RawMessage
		ValueType   json.RawMessage
		Fields      []struct {
			Name string
			Type json.RawMessage
		}
	}
	_ = json.Unmarshal(described, &t) // the table was read by it
	var within []string
	switch t.Type {
	case "array":
		within = []string{typeInWords(t.ElementType)}
	case "map":
		within = []string{typeInWords(t.KeyType), typeInWords(t.ValueType)}
	default:
		for _, f := range t.Fields {
			within = append(within, printable(f.Name)+" "+typeInWords(f.Type))
		}
	}
	return t.Type + "<" + strings.Join(within, ", ") + ">"
}
