package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"stoa/internal/app"
	"stoa/internal/policy"
	"stoa/internal/service/scaffold"
)

func newCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "new",
		Short: "Write a starting point that passes check",
		Args:  exactly(0, "what to make: jurisdiction, service, tax, register or dataset"),
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	var name string
	jurisdiction := &cobra.Command{Use: "jurisdiction DIR", Short: "A folder for your services, ready to check",
		Example: "  stoa new jurisdiction mytown --name 'My Town'", Args: exactly(1, "the folder to make"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if name == "" {
				name = filepath.Base(args[0])
			}
			if err := scaffold.Jurisdiction(args[0], name, time.Now().Year()); err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "wrote %s; now: stoa new service %s NAME, then stoa check %s\n", args[0], args[0], args[0])
			return nil
		}}
	jurisdiction.Flags().StringVar(&name, "name", "", "what the place is called (default: the folder's name)")
	add := func(what string, write func(dir, name string) error) *cobra.Command {
		return &cobra.Command{Use: what + " DIR NAME", Short: "A " + what + " file", Args: exactly(2, "the folder and the "+what),
			Example: "  stoa new " + what + " mytown skip-permit",
			RunE: func(cmd *cobra.Command, args []string) error {
				if err := write(args[0], args[1]); err != nil {
					return err
				}
				fmt.Fprintf(cmd.OutOrStdout(), "wrote the %s %s; now: stoa check %s\n", what, args[1], args[0])
				return nil
			}}
	}
	c.AddCommand(jurisdiction, add("service", scaffold.Service), add("tax", scaffold.Tax), add("register", scaffold.Register), add("dataset", scaffold.Dataset))
	return c
}

func explainCommand() *cobra.Command {
	var asJSON bool
	var language, day string
	c := &cobra.Command{
		Use:   "explain DIR SERVICE ANSWERS.yaml",
		Short: "The eligibility, fee and deadlines for some answers, each with its reasons; or what a tax charges",
		Long: `Say what a service makes of some answers: whether the applicant is eligible, the fee, the deadline, each with
its rule, the parameter it rests on, and the law. The answers are written as in a worked example of the service file.
Of a tax, say what it charges for an object and its facts, written as in a worked example of the tax file, and why.`,
		Example: "  stoa explain jurisdictions/greenvale temporary-event-notice answers.yaml --on 2026-06-01",
		Args:    exactly(3, "the folder, the service and the file of answers"),
		RunE: func(cmd *cobra.Command, args []string) error {
			raw, err := os.ReadFile(args[2])
			if err != nil {
				return fmt.Errorf("reading the answers: %w", err)
			}
			report, err := app.Explain(cmd.Context(), os.DirFS(args[0]), args[1], raw, day, language)
			if err != nil {
				return err
			}
			if asJSON {
				e := json.NewEncoder(cmd.OutOrStdout())
				e.SetIndent("", "  ")
				return e.Encode(report)
			}
			report.Print(cmd.OutOrStdout())
			return nil
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print it as JSON")
	c.Flags().StringVar(&language, "language", "", "language of the reasons (default: the jurisdiction's first)")
	c.Flags().StringVar(&day, "on", "", "the day of submission, such as 2026-06-01 (default: today)")
	return c
}

func staffCommand() *cobra.Command {
	var file, name, email, role, organisation, data, database string
	var invite bool
	c := &cobra.Command{
		Use:   "staff",
		Short: "Give somebody a role: the first administrator, for instance",
		Example: "  stoa staff --data /var/lib/stoa --name 'Ada Example' --email ada@services.example \\\n" +
			"      --role administrator --organisation licensing",
		Args: exactly(0, "no arguments: everything is an option"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			config, err := app.ReadConfig(file, os.Getenv)
			if err != nil {
				return err
			}
			override(cmd, &config, app.Config{Data: data, Database: app.Secret(database)})
			if email == "" || role == "" || organisation == "" {
				return usageError{fmt.Errorf("--email, --role and --organisation are needed")}
			}
			link, err := app.AddStaff(cmd.Context(), config, name, email, policy.Grant{Role: policy.Role(role), Organisation: organisation}, invite)
			if err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%s is now %s in %s\n", email, role, organisation)
			if link != "" {
				fmt.Fprintf(cmd.OutOrStdout(), "They set up how they sign in at this address, within three days, once; it is mailed to them too:\n\n    %s\n", link)
			}
			return nil
		},
	}
	f := c.Flags()
	f.StringVar(&file, "config", "", "file of settings (YAML)")
	f.StringVar(&data, "data", "", "folder of the database and the keys (default data)")
	f.StringVar(&database, "database", "", "postgres://… instead of the embedded database")
	f.StringVar(&name, "name", "", "name")
	f.StringVar(&email, "email", "", "email address")
	f.BoolVar(&invite, "invite", false, "invite them anew although they have a way in: it is lost, and ends")
	f.StringVar(&role, "role", "", "reader, officer, supervisor or administrator")
	f.StringVar(&organisation, "organisation", "", "id of the organisation in jurisdiction.yaml")
	return c
}

func versionCommand() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Print the version", Args: exactly(0, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			version, revision := app.Version()
			fmt.Fprintln(cmd.OutOrStdout(), strings.TrimSpace("stoa "+version+" "+revision))
			return nil
		},
	}
}
