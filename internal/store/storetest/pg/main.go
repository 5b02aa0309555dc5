// Command pg lends a throw-away PostgreSQL cluster, so that all test binaries share one instead of starting each its own:
//
//	pg go test ./...    runs the command with STOA_TEST_POSTGRES set; without PostgreSQL, says so and runs it all the same
//	pg                  prints the URL on one line, and stops when standard input ends
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"

	"stoa/internal/store/storetest"
)

func main() {
	err := run(os.Args[1:])
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() > 0 {
		os.Exit(exit.ExitCode()) // the command has said why
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "pg:", err)
		os.Exit(1)
	}
}

func run(command []string) error {
	c, err := storetest.StartCluster()
	if errors.Is(err, storetest.ErrNoPostgres) && len(command) > 0 {
		return try(command) // each test binary says that it runs on SQLite only
	}
	if err != nil {
		return err
	}
	if len(command) > 0 {
		return errors.Join(try(command, storetest.URLVariable+"="+c.URL), c.Stop())
	}
	fmt.Println(c.URL)
	if _, err := io.Copy(io.Discard, os.Stdin); err != nil {
		return err
	}
	return c.Stop()
}

func try(command []string, env ...string) error {
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Env = append(os.Environ(), env...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	return cmd.Run()
}
