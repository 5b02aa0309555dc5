// Command pg starts a throw-away PostgreSQL cluster, prints its URL on one line, and stops it when its standard input
// ends. `make test` uses it so that all packages share one cluster, through STOA_TEST_POSTGRES.
package main

import (
	"fmt"
	"io"
	"os"

	"stoa/internal/store/storetest"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "pg:", err)
		os.Exit(1)
	}
}

func run() error {
	c, err := storetest.StartCluster()
	if err != nil {
		return err
	}
	fmt.Println(c.URL)
	if _, err := io.Copy(io.Discard, os.Stdin); err != nil {
		return err
	}
	return c.Stop()
}
