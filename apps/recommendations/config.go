// Configuration: the environment, read once, all faults named at once.
package main

import (
	"errors"
	"fmt"
	"net"
	"strconv"
)

type config struct {
	// address to listen on, host:port.
	address string
	// sidecarURL is the root of daprd's HTTP API.
	sidecarURL string
	// sidecarToken goes with every request to the sidecar, appToken comes with every request from it.
	sidecarToken, appToken string
	logLevel               string
	otlpEndpoint           string
	// sampledShare of traces that begin here, from 0 to 1.
	sampledShare float64
}

const minTokenLength = 16

func readConfig(get func(string) string) (config, error) {
	var faults []error
	port := func(name string) string {
		value := get(name)
		if number, err := strconv.Atoi(value); err != nil || number < 1 || number > 65_535 {
			faults = append(faults, fmt.Errorf("%s is no port", name))
		}
		return value
	}
	token := func(name string) string {
		if len(get(name)) < minTokenLength {
			faults = append(faults, fmt.Errorf("%s is missing or too short", name))
		}
		return get(name)
	}
	orElse := func(name, fallback string) string {
		if value := get(name); value != "" {
			return value
		}
		return fallback
	}
	share, err := strconv.ParseFloat(orElse("OTEL_TRACES_SAMPLER_ARG", "1"), 64)
	if err != nil {
		faults = append(faults, errors.New("OTEL_TRACES_SAMPLER_ARG is no number"))
	}
	read := config{
		address:      net.JoinHostPort(orElse("APP_HOST", "127.0.0.1"), port("APP_PORT")),
		sidecarURL:   "http://127.0.0.1:" + port("DAPR_HTTP_PORT"),
		sidecarToken: token("DAPR_API_TOKEN"),
		appToken:     token("APP_API_TOKEN"),
		logLevel:     orElse("LOG_LEVEL", "info"),
		otlpEndpoint: orElse("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4318"),
		sampledShare: share,
	}
	return read, errors.Join(faults...)
}
