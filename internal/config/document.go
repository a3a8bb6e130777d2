package config

import (
	"cmp"
	"fmt"
	"strings"

	"leadlake"
)

// SchemaFile is the name under which the JSON schema of leadlake.yaml lies
// beside it.
const SchemaFile = "leadlake.schema.json"

// Template returns a leadlake.yaml in which every setting stands with its
// default, commented out.
func Template() []byte {
	var out strings.Builder
	out.WriteString(`# yaml-language-server: $schema=./` + SchemaFile + `
# The settings of Leadlake. A line counts once the # before it is gone.
# Stronger than this file are .env, the environment and flags: see leadlake config.
`)
	for _, g := range groups() {
		fmt.Fprintf(&out, "\n# %s\n", g.title)
		for _, st := range g.settings {
			out.WriteString("\n")
			comment(&out, st.doc)
			if !st.inFile() {
				fmt.Fprintf(&out, "# It is a secret: write %s=%s into .env, or %s%s=the file that holds it.\n", st.name, st.sample(), st.name, fileSuffix)
				continue
			}
			if !st.live {
				out.WriteString("# A change needs a restart.\n")
			}
			fmt.Fprintf(&out, "#%s: %s\n", st.key, cmp.Or(st.initial, st.sample()))
		}
	}
	out.WriteString("\n# The mapping\n\n")
	comment(&out, eventsDoc)
	out.WriteString("#events:\n")
	for _, e := range leadlake.Events() {
		fmt.Fprintf(&out, "#  %s: Name of a property\n", e)
	}
	out.WriteString("\n")
	comment(&out, fieldsDoc)
	out.WriteString("#fields:\n")
	for _, field := range fieldNames() {
		fmt.Fprintf(&out, "#  %s: Name of a property\n", field)
	}
	return []byte(out.String())
}

const (
	eventsDoc = "Which Notion property holds the date of an event, where its name is not recognised. `leadlake doctor` suggests some."
	fieldsDoc = "Which Notion property feeds another core column, where its name is not recognised."
)

// comment writes a text into lines of a comment, without the marks of Markdown.
func comment(out *strings.Builder, text string) {
	line := "#"
	for word := range strings.FieldsSeq(strings.ReplaceAll(text, "`", "")) {
		if len(line)+1+len(word) > 100 {
			out.WriteString(line + "\n")
			line = "#"
		}
		line += " " + word
	}
	out.WriteString(line + "\n")
}

// Documentation returns docs/configuration.md.
func Documentation() []byte {
	var out strings.Builder
	out.WriteString(documentationHead)
	for _, g := range groups() {
		fmt.Fprintf(&out, "\n## %s\n| setting | in `leadlake.yaml` | default | |\n|---|---|---|---|\n", g.title)
		for _, st := range g.settings {
			fmt.Fprintf(&out, "| `%s` | %s | %s | %s |\n", st.name, st.where(), code(st.initial), st.explained())
		}
	}
	fmt.Fprintf(&out, documentationTail, eventsDoc, fieldsDoc)
	return []byte(out.String())
}

func code(text string) string {
	if text == "" {
		return ""
	}
	return "`" + text + "`"
}

// where says how a setting is called in leadlake.yaml.
func (st setting) where() string {
	if st.inFile() {
		return code(st.key)
	}
	return "no: a secret"
}

func (st setting) explained() string {
	text := st.doc
	if sample := st.sample(); sample != st.initial {
		text += " For example " + code(sample) + "."
	}
	if st.secret {
		text += " " + code(st.name+fileSuffix) + " names a file that holds it."
	}
	if !st.live {
		text += " *Restart.*"
	}
	return text
}

const documentationHead = `# Configuration

<!-- Written by make generate from internal/config: change it there. -->

A setting has its value from the strongest place that names it: **flags**, then the **environment**, then the file **` + "`.env`" + `**, then
**` + "`leadlake.yaml`" + `**, then the default. Both files are looked for in the folder in which Leadlake is started. An empty value in the
environment or in ` + "`.env`" + ` means the default again.

- ` + "`leadlake config`" + ` shows every value and where it comes from; ` + "`-o json`" + ` the same for programs. Secrets are shown as ` + "`[redacted]`" + `.
- ` + "`leadlake config init`" + ` writes a ` + "`leadlake.yaml`" + ` with every setting in it, commented out, and beside it the schema by which an editor
  completes and checks it. ` + "`leadlake config schema`" + ` prints that schema.
- A name that is no setting is refused, with the nearest that is one. So is a value that makes no sense.

**Secrets** are never in ` + "`leadlake.yaml`" + ` and never a flag. Each can be in a file of its own, which a variable names whose name ends in
` + "`_FILE`" + `: ` + "`NOTION_TOKEN_FILE=/run/secrets/notion`" + `. Spaces and line breaks around it do not count. Naming both, the secret and its file, in one
place is an error.

**Changes** of ` + "`leadlake.yaml`" + `, ` + "`.env`" + ` and the files of secrets are taken by a running ` + "`leadlake serve`" + ` within a few seconds, or at once after
` + "`kill -HUP`" + `; all of them or none. Those marked *Restart* need one: until then the change is refused, everything goes on as it was, and
the log, ` + "`/readyz`" + ` and ` + "`leadlake doctor --remote`" + ` say so. So it is with a file that cannot be understood.
`

const documentationTail = `
## The mapping
In ` + "`leadlake.yaml`" + ` only, and taken without a restart. **` + "`events`" + `**: %s **` + "`fields`" + `**: %s
` + "```yaml" + `
events:
  date_prise_contact: First message
  date_reponse_prospect: Reply
  date_appel_propose: Call proposed
  date_appel_booke: Call booked
  date_relance: Follow-up
fields:
  nom: Company
  statut: Status
` + "```" + `
`
