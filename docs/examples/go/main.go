// Reader prints the facts of callfacts as they come, one a line, and goes on where it stopped.
//
//	go run . -group my-desk -modality forward -least-confidence 0.8
//
// Fields are separated by tabs: status, entity, metric, amount, unit, period, statement. A fact is
// printed before the group's position moves past it, so none is lost when the program dies; what
// may come twice for that is left out where its repetition comes within the same run. A reader that
// must never count a fact twice keeps identity() as a unique key beside what it stores.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/twmb/franz-go/pkg/kgo"
)

const remembered = 100_000

func main() {
	log.SetFlags(0)
	brokers := flag.String("brokers", setting("BOOTSTRAP_SERVERS", "127.0.0.1:9092"), "brokers to ask first")
	prefix := flag.String("prefix", setting("TOPIC_PREFIX", ""), "what stands before every topic and group")
	group := flag.String("group", "my-desk", "the group whose position is kept")
	var wanted Wanted
	flag.StringVar(&wanted.Entity, "entity", "", "only this entity's facts, such as AMZN")
	flag.StringVar(&wanted.Metric, "metric", "", "only this metric, such as revenue")
	flag.StringVar(&wanted.Modality, "modality", "", "only actual, forward or question")
	flag.Var(&wanted.LeastConfidence, "least-confidence", "only facts at least so sure, 0 to 1")
	flag.Parse()

	stopped, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	client, err := kgo.NewClient(
		kgo.SeedBrokers(strings.Split(*brokers, ",")...),
		kgo.ConsumeTopics(*prefix+"facts.events"),
		kgo.ConsumerGroup(*prefix+*group),
		// Without this the facts of transactions that failed would be read too.
		kgo.FetchIsolationLevel(kgo.ReadCommitted()),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
		kgo.DisableAutoCommit(),
		// Nobody else is given a partition while its facts are printed and not yet committed.
		kgo.BlockRebalanceOnPoll(),
	)
	if err != nil {
		log.Fatal(err)
	}
	defer client.CloseAllowingRebalance()
	if err := read(stopped, client, wanted); err != nil {
		log.Fatal(err)
	}
}

// read prints what comes until it is stopped; the position is stored after each batch.
func read(stopped context.Context, client *kgo.Client, wanted Wanted) error {
	out := bufio.NewWriter(os.Stdout)
	seen := NewRepeats(remembered)
	for {
		fetches := client.PollFetches(stopped)
		if stopped.Err() != nil {
			return nil
		}
		for _, failed := range fetches.Errors() {
			log.Printf("%s [%d]: %v", failed.Topic, failed.Partition, failed.Err)
		}
		fetches.EachRecord(func(record *kgo.Record) {
			var fact Fact
			if err := json.Unmarshal(record.Value, &fact); err != nil {
				log.Printf("%s [%d] @%d is no fact: %v", record.Topic, record.Partition, record.Offset, err)
				return
			}
			if wanted.Passes(fact) && !seen.Again(identity(fact, record)) {
				fmt.Fprintln(out, fact.Line())
			}
		})
		if err := out.Flush(); err != nil {
			return err
		}
		// Stopped or not, what has been printed is to count as read.
		if err := client.CommitUncommittedOffsets(context.Background()); err != nil {
			log.Printf("the position is not stored, so these facts come again: %v", err)
		}
		client.AllowRebalance()
	}
}

// identity is the same for an event that comes again: same fact, status and revision, told by the
// same transcript message. A transcript that is withdrawn and sent anew is another message.
func identity(fact Fact, record *kgo.Record) string {
	told := ""
	for _, header := range record.Headers {
		if header.Key == "ce_id" {
			told = string(header.Value)
		}
	}
	return fmt.Sprintf("%s %s %d %s", fact.FactID, fact.Status, fact.Revision, told)
}

func setting(name, otherwise string) string {
	if value, found := os.LookupEnv("CALLFACTS_" + name); found {
		return value
	}
	return otherwise
}
