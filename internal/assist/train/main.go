// Command train makes the models of internal/assist from conversations whose right passages are known.
//
//	go run ./internal/assist/train -data ../shared/data/assistant -out internal/assist/model.bin
//	go run ./internal/assist/train -data ../shared/data/assistant -folds 5
//
// With -folds and no -out it writes nothing, and prints how questions fare whose documents the models never saw. The
// same data give the same file, bit for bit.
package main

import (
	"flag"
	"fmt"
	"os"

	"stoa/internal/assist"
)

// Five folds are also what the doubter learns from: it must see the ranker on documents that are new to it.
const defaultFolds = 5

func main() {
	data := flag.String("data", "", "folder with corpus.jsonl, queries.jsonl, queries_switch.jsonl and qrels.tsv")
	out := flag.String("out", "", "where to write the model; without it only figures are printed")
	folds := flag.Int("folds", defaultFolds, "parts into which documents are divided")
	cache := flag.String("cache", "", "keep the features here between runs, for experiments")
	flag.IntVar(&ranking.trees, "trees", ranking.trees, "of the ranker")
	flag.IntVar(&ranking.leaves, "leaves", ranking.leaves, "of each of its trees")
	flag.Float64Var(&ranking.rate, "rate", ranking.rate, "how much of each is believed")
	flag.Float64Var(&ranking.features, "features", ranking.features, "share that each may use")
	flag.IntVar(&tried, "try", 0, "look only at so many of the folds, to choose by; the others stay unseen until it is chosen")
	rankOnly := flag.Bool("rank", false, "stop after the ranker's figures")
	flag.Parse()
	if err := run(*data, *out, *cache, *folds, *rankOnly); err != nil {
		fmt.Fprintln(os.Stderr, "train:", err)
		os.Exit(1)
	}
}

// How the three ensembles are grown. Chosen on folds; DESIGN.md has the figures, which hardly depend on them.
var (
	ranking  = growth{trees: 150, leaves: 16, smallest: 80, ridge: 3, features: 0.15, rate: 0.08, subsample: 0.7, seed: 1}
	doubting = growth{trees: 300, leaves: 8, smallest: 100, ridge: 10, features: 0.2, rate: 0.05, subsample: 0.5, seed: 2}
	quoting  = growth{trees: 60, leaves: 8, smallest: 40, ridge: 3, features: 0.4, rate: 0.1, subsample: 0.7, seed: 3}
)

// tried is how many folds are looked at while something is chosen; 0 for all.
var tried int

func run(data, out, cache string, folds int, rankOnly bool) error {
	if data == "" || folds < 2 {
		return fmt.Errorf("name the folder with -data, and at least two -folds")
	}
	w, err := load(data, folds)
	if err != nil {
		return err
	}
	if tried > 0 && !rankOnly {
		return fmt.Errorf("-try goes with -rank: the doubter learns from all folds")
	}
	if err := w.prepare(cache); err != nil {
		return err
	}
	w.rankFolds(folds)
	w.printRanking()
	if rankOnly {
		return nil
	}
	sure := w.doubtFolds(folds)
	w.quoteFolds(folds)
	if out == "" {
		return nil
	}
	m := assist.Model{Ranker: w.rank(-1), Doubter: w.doubt(-1), Quoter: w.quote(-1), Sure: sure}
	raw := m.Encode()
	if _, err := assist.DecodeModel(raw); err != nil {
		return fmt.Errorf("what was made cannot be read: %w", err)
	}
	if err := os.WriteFile(out, raw, 0o644); err != nil {
		return fmt.Errorf("writing the model: %w", err)
	}
	fmt.Printf("%s: %d bytes, %d features\n", out, len(raw), w.ranks.features)
	return nil
}
