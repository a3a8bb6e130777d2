package cli

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"leadlake/internal/app"
)

func newWebhook(w World) *cobra.Command {
	cmd := &cobra.Command{
		Use: "webhook", Short: "Let Notion tell of changes at once, instead of asking", Args: noArguments,
		Long: `Webhook sets up messages from Notion to a running "leadlake serve". Without
them a change is seen at the next sync, within five minutes.`,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newWebhookEnroll(w), newWebhookStatus(w), newWebhookForget(w))
	return cmd
}

func newWebhookEnroll(w World) *cobra.Command {
	return &cobra.Command{
		Use: "enroll", Short: "Wait for Notion's token, and show it", Args: noArguments,
		Long: `Enroll waits a quarter of an hour for the token that Notion sends when a webhook
is set up there, stores it in the lake and prints it, to be typed into Notion.`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := loadConnected(w, cmd)
			if err != nil {
				return err
			}
			token, err := app.EnrolWebhook(cmd.Context(), c, func(until time.Time) {
				fmt.Fprintf(w.Stderr, "Waiting until %s. In Notion, open the integration's page, then Webhooks, and create a subscription\n"+
					"to https://YOUR-ADDRESS/api/v1/webhooks/notion. Leadlake has to be served meanwhile.\n", until.Format("15:04"))
			})
			if err != nil {
				return err
			}
			fmt.Fprintln(w.Stderr, "The token came. Press Verify in Notion, and paste it there:")
			_, err = fmt.Fprintln(w.Stdout, token)
			return err
		},
	}
}

func newWebhookStatus(w World) *cobra.Command {
	return &cobra.Command{
		Use: "status", Short: "Say whether a webhook is set up", Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := load(w, cmd)
			if err != nil {
				return err
			}
			state, err := app.WebhookState(cmd.Context(), c)
			if err != nil {
				return err
			}
			said := "No webhook is set up."
			switch {
			case !state.EnrolledAt.IsZero():
				said = "A webhook is set up since " + state.EnrolledAt.Local().Format(time.DateTime) + "."
			case time.Now().Before(state.OpenUntil):
				said = "A token is waited for until " + state.OpenUntil.Local().Format(time.DateTime) + "."
			}
			_, err = fmt.Fprintln(w.Stdout, said)
			return err
		},
	}
}

func newWebhookForget(w World) *cobra.Command {
	return &cobra.Command{
		Use: "forget", Short: "Believe no more messages until the next enroll", Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := load(w, cmd)
			if err != nil {
				return err
			}
			if err := app.ForgetWebhook(cmd.Context(), c); err != nil {
				return err
			}
			_, err = fmt.Fprintln(w.Stdout, "No message is believed now. Delete the subscription in Notion, too.")
			return err
		},
	}
}
