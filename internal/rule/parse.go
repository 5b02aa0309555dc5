package rule

import (
	"fmt"
	"slices"
	"strings"

	"cel.dev/cel-go/common"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/parser"

	"stoa/internal/money"
)

// Limits on the text of one expression, against hostile files.
const (
	maxSource = 10_000 // characters
	maxDepth  = 100    // brackets within brackets, or sums strung together
	maxNested = 3      // rules for lists within rules for lists
)

// Problem is something wrong with an expression, in plain words.
type Problem struct {
	Offset  int // bytes from the start of the expression
	Line    int // from 1
	Column  int // in characters, from 1
	Message string
	Fix     string // what would be right; may be empty
}

// String writes line, column, message and fix.
func (p Problem) String() string {
	s := fmt.Sprintf("%d:%d: %s", p.Line, p.Column, p.Message)
	if p.Fix != "" {
		s += "; " + p.Fix
	}
	return s
}

// celParser reads the grammar without macros, so that has, all, map and the
// like arrive as the calls that were written.
var celParser = func() *parser.Parser {
	p, err := parser.NewParser(
		parser.Macros(),
		parser.MaxRecursionDepth(maxDepth),
		parser.ErrorReportingLimit(5),
		parser.ErrorRecoveryLimit(5),
		parser.ExpressionSizeCodePointLimit(maxSource),
		parser.EnableVariadicOperatorASTs(true),
	)
	if err != nil {
		panic("rule: setting up the parser: " + err.Error())
	}
	return p
}()

// source is the text of an expression, with what is needed to point into it.
type source struct {
	text  string
	chars []rune // of text; the parser counts in these
	info  *ast.SourceInfo
}

// problem points at a place given in characters from the start.
func (s source) problem(char int, message, fix string) Problem {
	p := Problem{Line: 1, Column: 1, Message: message, Fix: fix}
	for i, r := range s.text {
		if char == 0 {
			p.Offset = i
			return p
		}
		char--
		p.Column++
		if r == '\n' {
			p.Line, p.Column = p.Line+1, 1
		}
	}
	p.Offset = len(s.text)
	return p
}

// piece returns the text of a literal.
func (s source) piece(id int64) string {
	span, ok := s.info.GetOffsetRange(id)
	if !ok || span.Start < 0 || int(span.Stop) > len(s.chars) || span.Start > span.Stop {
		return ""
	}
	return string(s.chars[span.Start:span.Stop])
}

// numeral reads the exact value of a number from the text it was written as.
func (s source) numeral(e ast.Expr) (money.Decimal, error) {
	text := strings.TrimSpace(strings.TrimPrefix(s.piece(e.ID()), "-"))
	d, err := money.ParseDecimal(text)
	if err != nil {
		return d, err
	}
	switch v := e.AsLiteral().(type) {
	case types.Int:
		if v < 0 {
			d = d.Neg()
		}
	case types.Double:
		if v < 0 {
			d = d.Neg()
		}
	}
	return d, nil
}

// parse reads the grammar.
func parse(text string) (ast.Expr, source, []Problem) {
	s := source{text: text}
	if strings.TrimSpace(text) == "" {
		return nil, s, []Problem{s.problem(0, "there is nothing here", "")}
	}
	tree, errs := celParser.Parse(common.NewTextSource(text))
	if found := errs.GetErrors(); len(found) > 0 {
		return nil, s, s.syntax(found)
	}
	s.info, s.chars = tree.SourceInfo(), []rune(text)
	return tree.Expr(), s, nil
}

// syntax words the parser's errors for people who do not know grammars. The
// first usually is the cause of the others.
func (s source) syntax(found []*common.Error) []Problem {
	e := slices.MinFunc(found, func(a, b *common.Error) int {
		if a.Location.Line() != b.Location.Line() {
			return a.Location.Line() - b.Location.Line()
		}
		return a.Location.Column() - b.Location.Column()
	})
	char, line := 0, 1
	for _, r := range s.text {
		if line == e.Location.Line() {
			break
		}
		char++
		if r == '\n' {
			line++
		}
	}
	char += max(e.Location.Column(), 0)
	message, fix := wording(e.Message, s.text)
	return []Problem{s.problem(char, message, fix)}
}

func wording(message, text string) (said, fix string) {
	_, token, _ := strings.Cut(message, "'")
	token, _, _ = strings.Cut(token, "'")
	switch {
	case strings.Contains(message, "token recognition error at: '= '"), strings.Contains(message, "token recognition error at: '='"):
		return "a single = means nothing here", "write == to compare"
	case strings.Contains(message, "token recognition error at: '\"'"), strings.Contains(message, "token recognition error at: ''"), strings.Contains(message, "token recognition error at: '\""):
		return "a text starts here and does not end", "close it with the same quotation mark"
	case strings.Contains(message, "token recognition error"):
		return "I cannot read " + strings.TrimPrefix(message, "Syntax error: token recognition error at: "), ""
	case strings.Contains(message, "'<EOF>'"):
		return "the expression stops too early", "something is missing at the end, such as a value or a closing bracket"
	case strings.Contains(message, "invalid int literal"), strings.Contains(message, "invalid double literal"):
		return "this number is too long", ""
	case strings.Contains(message, "recursion"):
		return fmt.Sprintf("this is nested, or strung together, more than %d deep", maxDepth), "use a decision table, or divide the rule"
	case strings.Contains(message, "expression code point size"):
		return "the expression is too long", "use a decision table, or divide the rule"
	case strings.Contains(message, "input 'and'"), strings.Contains(message, "input 'AND'"):
		return "and is written &&", "write &&"
	case strings.Contains(message, "input 'or'"), strings.Contains(message, "input 'OR'"):
		return "or is written ||", "write ||"
	case strings.HasPrefix(strings.TrimSpace(text), "not "), strings.Contains(text, " not "):
		return "not is written !", "write !(…)"
	case token != "":
		return "I did not expect " + token + " here", "is an operator, a comma or a bracket missing before it?"
	}
	return "I cannot read this", ""
}
