package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"syscall"
	"time"
)

// healthUsage is what a wrong command line of `brolga health` is answered with.
const healthUsage = "USAGE: brolga health [http://host:port]"

// runHealth is `brolga health`: it asks /readyz of a node's metrics.listener and
// ends with 0 if the node takes clients, else with 1 and the reason on standard
// error. Containers use it as their health check, so it finds the address where
// they have it: in KAFKA_METRICS_LISTENER.
func runHealth(env *Env, args []string) int {
	address := "http://localhost:9404"
	if a := env.Getenv("KAFKA_METRICS_LISTENER"); a != "" {
		address = a
	}
	switch {
	case len(args) > 1 || len(args) == 1 && strings.HasPrefix(args[0], "-"):
		fmt.Fprintln(env.Stderr, healthUsage)
		return 1
	case len(args) == 1:
		address = args[0]
	}
	const patience = 5 * time.Second
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	err := checkReady(ctx, fromHere(address))
	if len(args) == 0 && errors.Is(err, syscall.ECONNREFUSED) && checkReady(ctx, consoleAddress(env)) == nil {
		return 0 // a container that is the console only
	}
	if err != nil {
		fmt.Fprintln(env.Stderr, err)
		return 1
	}
	return 0
}

// fromHere is where an address that means every interface is reached from within.
func fromHere(address string) string {
	return strings.Replace(address, "//0.0.0.0:", "//localhost:", 1)
}

// consoleAddress is where a container has the console, which answers the same.
func consoleAddress(env *Env) string {
	if a := env.Getenv("KAFKA_CONSOLE_LISTENER"); a != "" {
		return fromHere(a)
	}
	port := env.Getenv("SERVER_PORT")
	if port == "" {
		port = "8080"
	}
	return "http://localhost:" + port + env.Getenv("SERVER_SERVLET_CONTEXT_PATH")
}

func checkReady(ctx context.Context, address string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(address, "/")+"/readyz", nil)
	if err != nil {
		return fmt.Errorf("%s is no address of the form http://host:port", address)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("The node does not answer: %w", err)
	}
	defer resp.Body.Close()
	const most = 1 << 10
	body, _ := io.ReadAll(io.LimitReader(resp.Body, most)) // part of a reason is better than none
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("The node is not ready: %s", strings.TrimSpace(string(body)))
	}
	return nil
}
