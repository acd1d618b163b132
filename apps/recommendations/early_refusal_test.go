package main

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestWhatIsNoRequestIsRefusedByAProblemDocument(t *testing.T) {
	server := httptest.NewUnstartedServer(newShop().handler)
	server.Listener = problemListener{server.Listener}
	server.Config.MaxHeaderBytes = maxHeaderBytes
	server.Start()
	defer server.Close()
	for text, code := range map[string]string{
		"GET /products/%zz/related HTTP/1.1\r\nHost: x\r\n\r\n": "invalid-request",
		"GET /products/cup/related HTTP/1.1\r\n\r\n":            "invalid-request",
		"rubbish\r\n\r\n": "invalid-request",
		"GET / HTTP/1.1\r\nHost: x\r\nx-long: " + strings.Repeat("x", 2*maxHeaderBytes) + "\r\n\r\n": "headers-too-large",
	} {
		connection, err := net.Dial("tcp", server.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		// The server may have refused before it has read all.
		_, _ = io.WriteString(connection, text)
		answer, _ := io.ReadAll(connection)
		if !strings.Contains(string(answer), "application/problem+json") || !strings.Contains(string(answer), `"`+code+`"`) {
			t.Errorf("%.40q: %q", text, answer)
		}
		connection.Close()
	}
	answer, err := http.Get(server.URL + "/products/cup/related")
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Error(answer, err)
	}
}
