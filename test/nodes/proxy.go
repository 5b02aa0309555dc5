package main

import (
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"sync/atomic"
	"time"
)

// proxy stands before the nodes as haproxy or nginx would: it asks each every tenth of a second whether it is ready, hands
// requests to those that are, in turn, and tries the next where a node takes no connection. What a node has begun to answer is
// not asked again elsewhere.
type proxy struct {
	url    string
	server *http.Server
	turn   atomic.Uint64
	nodes  []*behind
}

type behind struct {
	addr  string
	ready atomic.Bool
	http  *http.Transport
}

const probe = 100 * time.Millisecond

func startProxy(ctx context.Context, addrs []string) (*proxy, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &proxy{url: "http://" + listener.Addr().String()}
	for _, addr := range addrs {
		p.nodes = append(p.nodes, &behind{addr: addr, http: &http.Transport{MaxIdleConnsPerHost: 64, IdleConnTimeout: 30 * time.Second}})
	}
	for _, n := range p.nodes {
		go n.watch(ctx)
	}
	p.server = &http.Server{ReadHeaderTimeout: 10 * time.Second, Handler: &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.Out.URL.Scheme, r.Out.URL.Host, r.Out.Host = "http", "node", r.In.Host
			r.SetXForwarded()
		},
		Transport: p, ErrorLog: log.New(io.Discard, "", 0),
	}}
	go func() { _ = p.server.Serve(listener) }()
	return p, nil
}

func (n *behind) watch(ctx context.Context) {
	ask := http.Client{Timeout: time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	for tick := time.NewTicker(probe); ctx.Err() == nil; <-tick.C {
		answer, err := ask.Get("http://" + n.addr + "/readyz")
		if err == nil {
			_ = answer.Body.Close()
		}
		n.ready.Store(err == nil && answer.StatusCode == http.StatusOK)
	}
}

// RoundTrip hands a request to a ready node.
func (p *proxy) RoundTrip(r *http.Request) (*http.Response, error) {
	last := errors.New("no node is ready")
	from := p.turn.Add(1)
	for i := range uint64(len(p.nodes)) {
		n := p.nodes[(from+i)%uint64(len(p.nodes))]
		if !n.ready.Load() {
			continue
		}
		r.URL.Host = n.addr
		answer, err := n.http.RoundTrip(r)
		var dial *net.OpError
		if err == nil || !errors.As(err, &dial) || dial.Op != "dial" {
			return answer, err
		}
		last = err
	}
	return nil, last
}
