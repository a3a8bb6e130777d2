// Command leadlake turns a Notion leads database into a versioned Delta Lake
// table and a live prospecting dashboard.
package main

import (
	"os"
	_ "time/tzdata" // time zones, also on machines that have none

	"leadlake/internal/cli"
)

func main() { os.Exit(cli.Run(cli.ThisProcess())) }
