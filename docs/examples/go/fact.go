package main

import (
	"encoding/json"
	"fmt"
	"math/big"
	"strings"
)

// Decimal is an amount as it is published: digits in plain notation, in base units. It stays text,
// since a binary floating point number would change it; Rat makes an exact number of it.
type Decimal string

// Rat gives the exact number, nil where the text is none.
func (d Decimal) Rat() *big.Rat {
	number, ok := new(big.Rat).SetString(string(d))
	if !ok {
		return nil
	}
	return number
}

// Set reads a decimal from the command line.
func (d *Decimal) Set(text string) error {
	*d = Decimal(text)
	if d.Rat() == nil {
		return fmt.Errorf("expected a decimal number such as 0.8")
	}
	return nil
}

func (d *Decimal) String() string { return string(*d) }

// Fact is one event on facts.events, of which this program leaves out what it does not print;
// schemas/json/fact.schema.json has all fields.
type Fact struct {
	FactID     string      `json:"fact_id"`
	Status     string      `json:"status"`
	Revision   int         `json:"revision"`
	Entity     *Entity     `json:"entity"`
	Scope      *string     `json:"scope"`
	Metric     string      `json:"metric"`
	Value      *Decimal    `json:"value"`
	Low        *Decimal    `json:"low"`
	High       *Decimal    `json:"high"`
	Unit       string      `json:"unit"`
	Modality   string      `json:"modality"`
	Period     *Period     `json:"period"`
	Statement  string      `json:"statement"`
	Confidence json.Number `json:"confidence"`
}

// Entity is the company that a fact is about; ID is a ticker where it has one.
type Entity struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// Period is when a fact holds; both dates are included.
type Period struct {
	Start string `json:"start"`
	End   string `json:"end"`
	Label string `json:"label"`
}

// Line writes a fact as tab-separated fields.
func (f Fact) Line() string {
	entity, period := "", ""
	if f.Entity != nil {
		entity = f.Entity.ID
	}
	if f.Period != nil {
		period = f.Period.Label
	}
	fields := []string{f.Status, entity, f.Metric, f.Amount(), f.Unit, period, f.Statement}
	return strings.Join(fields, "\t")
}

// Amount is the value, or the range as LOW..HIGH with an open end left empty.
func (f Fact) Amount() string {
	if f.Value != nil {
		return string(*f.Value)
	}
	low, high := "", ""
	if f.Low != nil {
		low = string(*f.Low)
	}
	if f.High != nil {
		high = string(*f.High)
	}
	return low + ".." + high
}

// Wanted says which facts to print; what is empty takes all.
type Wanted struct {
	Entity, Metric, Modality string
	LeastConfidence          Decimal
}

// Passes tells whether a fact is wanted. A retraction has the fields of what it retracts, so it
// passes where that passed.
func (w Wanted) Passes(fact Fact) bool {
	if w.Entity != "" && (fact.Entity == nil || fact.Entity.ID != w.Entity) {
		return false
	}
	if w.Metric != "" && fact.Metric != w.Metric {
		return false
	}
	if w.Modality != "" && fact.Modality != w.Modality {
		return false
	}
	if w.LeastConfidence == "" {
		return true
	}
	confidence := Decimal(fact.Confidence).Rat()
	return confidence != nil && confidence.Cmp(w.LeastConfidence.Rat()) >= 0
}

// Repeats remembers the last so many identities.
type Repeats struct {
	known map[string]bool
	ring  []string
	next  int
}

// NewRepeats takes how many to remember.
func NewRepeats(size int) *Repeats {
	return &Repeats{known: make(map[string]bool), ring: make([]string, size)}
}

// Again tells whether an identity is among those remembered, and remembers it.
func (r *Repeats) Again(identity string) bool {
	if r.known[identity] {
		return true
	}
	delete(r.known, r.ring[r.next])
	r.ring[r.next], r.known[identity] = identity, true
	r.next = (r.next + 1) % len(r.ring)
	return false
}
