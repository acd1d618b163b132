// Command recommendations is a Souk service: it counts what is bought together and answers what goes with a product.
//
// It is written from docs/add-a-service.md alone, to show that a service needs no TypeScript and no kit.
package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

const (
	drainTime       = 10 * time.Second
	flushTime       = time.Second
	askSidecarEvery = 500 * time.Millisecond
	// Twice the ingress's limit on headers: what it lets through, with what it adds, is never refused here.
	maxHeaderBytes = 32 << 10
)

func main() {
	config, err := readConfig(os.Getenv)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if err := run(config); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run serves until the process is told to stop; requests in hand are finished first.
func run(config config) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	log := newLog(os.Stdout, config.logLevel)
	flushSpans := startTelemetry(config, log)
	service := newService(config, log)
	server := &http.Server{
		Handler:           service.handler(),
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       15 * time.Second,
		// Longer than Envoy's and daprd's idle times: whoever closes a connection must not be the one who answers on it.
		IdleTimeout:    120 * time.Second,
		MaxHeaderBytes: maxHeaderBytes,
	}
	listener, err := net.Listen("tcp", config.address)
	if err != nil {
		return err
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(problemListener{listener}) }()
	log.Info("service.listening", "port", listener.Addr().(*net.TCPAddr).Port)
	go service.becomeReady(ctx)
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	log.Info("service.stopping")
	service.stopping.Store(true)
	drained, cancel := context.WithTimeout(context.Background(), drainTime)
	defer cancel()
	err = server.Shutdown(drained)
	flushed, cancelFlush := context.WithTimeout(context.Background(), flushTime)
	defer cancelFlush()
	if lost := flushSpans(flushed); lost != nil {
		log.Warn("telemetry.lost", "reason", lost.Error())
	}
	return err
}

// becomeReady waits for the sidecar: without it there is neither state nor a neighbour.
func (s *service) becomeReady(ctx context.Context) {
	reason := ""
	for ctx.Err() == nil {
		err := s.sidecar.reachable(ctx)
		if err == nil {
			s.started.Store(true)
			s.log.Info("service.ready")
			return
		}
		if err.Error() != reason {
			reason = err.Error()
			s.log.Warn("service.waiting", "component", "sidecar", "reason", reason)
		}
		select {
		case <-ctx.Done():
		case <-time.After(askSidecarEvery):
		}
	}
}
