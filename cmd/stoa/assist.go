package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"stoa/internal/assist"
	"stoa/internal/assist/measure"
)

func assistCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "assist",
		Short: "Measure the assistant",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usageError{fmt.Errorf("there is no command %q", "assist "+args[0])}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	c.AddCommand(evalCommand())
	return c
}

// evaluation is what stoa assist eval was told.
type evaluation struct {
	corpus, queries, qrels, run string
	unanswerable                bool
	language                    string
}

func evalCommand() *cobra.Command {
	var e evaluation
	c := &cobra.Command{
		Use:   "eval",
		Short: "Ask a benchmark's questions of its corpus, and print how well they were answered",
		Long: `Ask a benchmark's questions of its corpus, and print how well they were answered.

The corpus has one JSON object a line: _id, doc_id, title, heading, text. The questions too: _id, text, doc_id, and
history, a list of role ("user" or any other) and text, the oldest first. The judgements have three columns: question,
passage, score. Recall, nDCG and MRR need judgements; the time per question does not.

A run that is written has TREC's columns. Its scores fall with the rank and compare between questions: the first is the
confidence that the corpus answers the question at all.`,
		Example: "  stoa assist eval --corpus corpus.jsonl --queries queries.jsonl --qrels qrels.tsv --run stoa.run",
		Args:    exactly(0, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if e.corpus == "" || e.queries == "" {
				return usageError{fmt.Errorf("--corpus and --queries are needed")}
			}
			return e.do(cmd.OutOrStdout())
		},
	}
	c.Flags().StringVar(&e.corpus, "corpus", "", "the passages (JSON Lines)")
	c.Flags().StringVar(&e.queries, "queries", "", "the questions (JSON Lines)")
	c.Flags().StringVar(&e.qrels, "qrels", "", "the right passages (columns)")
	c.Flags().StringVar(&e.run, "run", "", "write the ranking here")
	c.Flags().StringVar(&e.language, "language", "en", "of the corpus")
	c.Flags().BoolVar(&e.unanswerable, "unanswerable", false, "ask again without each question's document and word-for-word copies of its passage, and print how well the two are told apart")
	return c
}

func (e *evaluation) do(out io.Writer) error {
	var passages []assist.Passage
	var questions []measure.Question
	var judged measure.Judgements
	if err := readFile(e.corpus, func(r io.Reader) (err error) { passages, err = measure.Corpus(r); return err }); err != nil {
		return err
	}
	if err := readFile(e.queries, func(r io.Reader) (err error) { questions, err = measure.Questions(r); return err }); err != nil {
		return err
	}
	if e.qrels != "" {
		if err := readFile(e.qrels, func(r io.Reader) (err error) { judged, err = measure.ReadJudgements(r); return err }); err != nil {
			return err
		}
	}
	start := time.Now()
	index, err := assist.Build(passages, assist.Options{Language: e.language})
	if err != nil {
		return err
	}
	built := time.Since(start)
	outcomes := measure.Ask(index, passages, questions, time.Now, processorTime)
	fmt.Fprintf(out, "%d passages, indexed in %d ms; %d questions\n", len(passages), built.Milliseconds(), len(questions))
	f := measure.Judge(outcomes, judged)
	if f.Questions > 0 {
		fmt.Fprintf(out, "R@1 %.4f  R@5 %.4f  R@10 %.4f  nDCG@5 %.4f  MRR %.4f  (%d judged)\n", f.R1, f.R5, f.R10, f.NDCG5, f.MRR, f.Questions)
		fmt.Fprintf(out, "right passage among three cited, of the surest 60%%: %.4f\n", f.Cited)
	}
	if e.unanswerable {
		unanswerable, alone := measure.Refusal(index, passages, questions, outcomes, judged)
		fmt.Fprintf(out, "refusal AUROC %.4f; %.4f when copies of the right passage in other documents stay\n", unanswerable, alone)
	}
	fmt.Fprintf(out, "time per question: p50 %.2f ms, p99 %.2f ms; of processors: p50 %.2f ms, p99 %.2f ms\n",
		milliseconds(f.Took.Half), milliseconds(f.Took.Ninetyninth), milliseconds(f.Worked.Half), milliseconds(f.Worked.Ninetyninth))
	if e.run == "" {
		return nil
	}
	return writeFile(e.run, func(w io.Writer) error { return measure.WriteRun(w, outcomes) })
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

func readFile(name string, read func(io.Reader) error) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close() // nothing is lost in a file that was only read
	if err := read(f); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

func writeFile(name string, write func(io.Writer) error) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	b := bufio.NewWriter(f)
	err = write(b)
	if err == nil {
		err = b.Flush()
	}
	if closing := f.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return fmt.Errorf("writing %s: %w", name, err)
	}
	return nil
}
