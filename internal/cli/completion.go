package cli

import (
	"errors"

	"github.com/spf13/cobra"
)

const completionHelp = `Completion prints a script by which a shell completes commands and flags.

  bash:        leadlake completion bash > /etc/bash_completion.d/leadlake
  zsh:         leadlake completion zsh > "${fpath[1]}/_leadlake"
  fish:        leadlake completion fish > ~/.config/fish/completions/leadlake.fish
  powershell:  leadlake completion powershell | Out-String | Invoke-Expression`

func newCompletion(w World) *cobra.Command {
	return &cobra.Command{
		Use: "completion bash|zsh|fish|powershell", Short: "Print a script by which a shell completes commands", Long: completionHelp,
		ValidArgs: []string{"bash", "zsh", "fish", "powershell"}, Args: cobra.ArbitraryArgs, DisableFlagsInUseLine: true,
		RunE: func(cmd *cobra.Command, args []string) error {
			shell := ""
			if len(args) == 1 {
				shell = args[0]
			}
			switch root := cmd.Root(); shell {
			case "bash":
				return root.GenBashCompletionV2(w.Stdout, true)
			case "zsh":
				return root.GenZshCompletion(w.Stdout)
			case "fish":
				return root.GenFishCompletion(w.Stdout, true)
			case "powershell":
				return root.GenPowerShellCompletionWithDesc(w.Stdout)
			}
			return usageError{errors.New("name one shell: bash, zsh, fish or powershell"), "Try: leadlake completion bash"}
		},
	}
}
