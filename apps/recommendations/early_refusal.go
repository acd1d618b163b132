// What net/http refuses by itself, before any handler: as problem documents, like everything else.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
)

// The server writes such an answer in one piece and in no other form; a handler's answer never begins so.
const plainRefusal = "\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n"

var statusLine = []byte("HTTP/1.1 4")

// problemListener hands out connections that speak of refusals in our words.
type problemListener struct{ net.Listener }

func (l problemListener) Accept() (net.Conn, error) {
	connection, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return problemConnection{connection}, nil
}

type problemConnection struct{ net.Conn }

func (c problemConnection) Write(text []byte) (int, error) {
	head, _, plain := bytes.Cut(text, []byte(plainRefusal))
	if !plain || !bytes.HasPrefix(head, statusLine) || bytes.Contains(head, []byte("\r\n")) {
		return c.Conn.Write(text)
	}
	if _, err := c.Conn.Write(earlyRefusal(head)); err != nil {
		return 0, err
	}
	return len(text), nil
}

// earlyRefusal has no trace: there was no request yet that could have one.
func earlyRefusal(head []byte) []byte {
	code := "invalid-request"
	if bytes.Contains(head, []byte(" 431 ")) {
		code = "headers-too-large"
	}
	kind := problemKinds[code]
	body, _ := json.Marshal(map[string]any{
		"type": "/problems/" + code, "title": kind.title, "status": kind.status, "code": code,
	})
	return fmt.Appendf(nil, "HTTP/1.1 %d %s\r\nContent-Type: application/problem+json\r\nContent-Length: %d\r\n"+
		"Connection: close\r\n\r\n%s", kind.status, http.StatusText(kind.status), len(body), body)
}
