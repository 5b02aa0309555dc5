package allocate

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
)

// Waiting is what a queue does in the long run.
type Waiting struct {
	Wait         float64 // chance of having to wait
	MeanSeconds  float64 // mean wait of everybody, those who need not wait included
	ServiceLevel float64 // share who wait no longer than the target
	Occupancy    float64 // share of the officers' time that is taken
}

// ErlangC is the queue with random arrivals, random service and nobody who gives up, for load in officers (arrivals in a
// second times mean seconds of service). With no more officers than load the queue grows for ever: everybody waits,
// without end.
//
// Erlang's B comes from its recursion, which adds only positive numbers and so loses no digits, and C from B (Erlang).
func ErlangC(load float64, officers int, serviceSeconds, targetSeconds float64) Waiting {
	n := float64(officers)
	switch {
	case load <= 0:
		return Waiting{ServiceLevel: 1}
	case n <= load:
		return Waiting{Wait: 1, MeanSeconds: inf, Occupancy: 1}
	}
	inverse := 1.0 // 1/B
	for k := 1; k <= officers; k++ {
		if inverse = 1 + inverse*float64(k)/load; inverse > 1e300 {
			break // nobody waits, to 300 digits
		}
	}
	b := 1 / inverse
	wait := b / (1 - load/n*(1-b))
	return Waiting{
		Wait:         wait,
		MeanSeconds:  wait * serviceSeconds / (n - load),
		ServiceLevel: 1 - wait*math.Exp(-(n-load)*math.Max(0, targetSeconds)/serviceSeconds),
		Occupancy:    load / n,
	}
}

// mostOfficers is more than any queue of one place has.
const mostOfficers = 10_000_000

// Officers is the least number with which the share level waits no longer than the target. Levels from 1 on cannot be
// promised by any number: the second result is false.
func Officers(load, serviceSeconds, targetSeconds, level float64) (int, bool) {
	if !(level < 1) || !(load >= 0) || load > mostOfficers/2 || !(serviceSeconds > 0) {
		return 0, false
	}
	reached := func(n int) bool { return ErlangC(load, n, serviceSeconds, targetSeconds).ServiceLevel >= level }
	low, high := 0, int(load)+1
	for !reached(high) {
		if low, high = high, high+1+(high-int(load)); high > mostOfficers {
			return 0, false
		}
	}
	for low+1 < high {
		if mid := (low + high) / 2; reached(mid) {
			high = mid
		} else {
			low = mid
		}
	}
	return high, true
}

// erlangHeader is how a table of queues begins.
const erlangHeader = "offered_load,agents,aht_s,target_s"

// ErlangTable answers a table of queues, a row for each: offered_load,agents,aht_s,target_s, columns beyond them
// ignored. An agents column that is empty is filled with the number that lets four in five wait no longer than the target.
func ErlangTable(in io.Reader, out io.Writer) error {
	r := csv.NewReader(in)
	r.FieldsPerRecord = -1
	header, err := r.Read()
	if err != nil || !strings.HasPrefix(strings.TrimPrefix(strings.Join(header, ","), "\ufeff"), erlangHeader) {
		return errors.New("a table of queues begins with " + erlangHeader)
	}
	w := csv.NewWriter(out)
	write := func(record []string) error {
		if err := w.Write(record); err != nil {
			return fmt.Errorf("writing the table: %w", err)
		}
		return nil
	}
	if err := write(strings.Split(erlangHeader+",p_wait,asa_s,service_level,occupancy", ",")); err != nil {
		return err
	}
	for {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fmt.Errorf("reading the table: %w", err)
		}
		line, _ := r.FieldPos(0)
		row, err := erlangRow(record)
		if err != nil {
			return fmt.Errorf("line %d: %w", line, err)
		}
		if err := write(row); err != nil {
			return err
		}
	}
	w.Flush()
	if err := w.Error(); err != nil {
		return fmt.Errorf("writing the table: %w", err)
	}
	return nil
}

func erlangRow(record []string) ([]string, error) {
	if len(record) < 4 {
		return nil, errors.New(erlangHeader + " are needed")
	}
	var v [4]float64
	for i := range v {
		text := strings.TrimSpace(record[i])
		if i == 1 && text == "" {
			continue
		}
		x, err := strconv.ParseFloat(text, 64)
		if err != nil || !(x >= 0) || x > 1e9 {
			return nil, fmt.Errorf("%q is no number between 0 and 1e9", text)
		}
		v[i] = x
	}
	if v[2] == 0 {
		return nil, errors.New("the seconds of service are 0: nobody would ever wait")
	}
	n := int(v[1])
	if strings.TrimSpace(record[1]) == "" {
		n, _ = Officers(v[0], v[2], v[3], 0.8)
	}
	if n < 1 || n > mostOfficers || float64(n) != v[1] && v[1] != 0 {
		return nil, fmt.Errorf("%q is no number of officers", record[1])
	}
	e := ErlangC(v[0], n, v[2], v[3])
	out := []string{strings.TrimSpace(record[0]), strconv.Itoa(n), strings.TrimSpace(record[2]), strings.TrimSpace(record[3])}
	for _, x := range []float64{e.Wait, e.MeanSeconds, e.ServiceLevel, e.Occupancy} {
		out = append(out, strconv.FormatFloat(x, 'g', 15, 64))
	}
	return out, nil
}
