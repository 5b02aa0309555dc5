// Command checkcmd prints the problems of a jurisdiction's folder. It stands in until stoa check does it.
package main

import (
	"fmt"
	"os"

	"stoa/internal/service"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: checkcmd DIR")
		os.Exit(2)
	}
	j, problems := service.Load(os.DirFS(os.Args[1]))
	if len(problems) > 0 {
		fmt.Println(problems)
		os.Exit(1)
	}
	fmt.Printf("%s: %d services, %d registers, %d parameters\n", j.File.Jurisdiction, len(j.Services), len(j.Registers), len(j.Parameters))
}
