// A front end of govmomi's vCenter simulator, as Debian packages it: it starts the simulator, says where it listens,
// and disturbs calls as a bad line or a tired vCenter would. The simulator itself is not ours.
//
//	POST /__test/fault?method=PowerOnVM_Task&kind=lost&count=2   the next two calls of the method ("*": of any)
//	POST /__test/expire                                          every session so far is over
//	GET  /__test/calls                                           {"PowerOnVM_Task": 2, ...}
//
// Kinds: http503, reset (before the call is done), lost and truncate (after it is done), hang, delay, html, soap.
package main

import (
	"bytes"
	"crypto/rand"
	"crypto/sha1"
	"crypto/tls"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"io/ioutil"
	"log"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/vmware/govmomi/simulator"
	_ "github.com/vmware/govmomi/vapi/simulator"
)

type fault struct {
	kind, name string
	left       int
	wait       time.Duration
}

type front struct {
	next    http.Handler
	xsiType bool

	mu      sync.Mutex
	faults  map[string]*fault
	calls   map[string]int
	tickets map[string]bool
	seen    map[string]bool // session cookies
	expired map[string]bool
}

// The first element in the SOAP body.
var method = regexp.MustCompile(`<(?:[\w-]+:)?Body[^>]*>\s*<(?:[\w-]+:)?(\w+)`)

func (f *front) control(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	query := r.URL.Query()
	switch r.URL.Path {
	case "/__test/fault":
		count, err := strconv.Atoi(query.Get("count"))
		if err != nil || count == 0 {
			count = 1
		}
		ms, _ := strconv.Atoi(query.Get("ms"))
		f.faults[query.Get("method")] = &fault{query.Get("kind"), query.Get("fault"), count, time.Duration(ms) * time.Millisecond}
	case "/__test/expire":
		for cookie := range f.seen {
			f.expired[cookie] = true
		}
	case "/__test/calls":
		_ = json.NewEncoder(w).Encode(f.calls)
	default:
		http.NotFound(w, r)
	}
}

// take counts a call and says how it is to be disturbed; nil for not at all.
func (f *front) take(name string, r *http.Request) *fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls[name]++
	if cookie := r.Header.Get("Cookie"); cookie != "" {
		f.seen[cookie] = true
		if f.expired[cookie] {
			r.Header.Del("Cookie")
		}
	}
	for _, key := range []string{name, "*"} {
		if at := f.faults[key]; at != nil && at.left != 0 {
			at.left--
			now := *at
			return &now
		}
	}
	return nil
}

func (f *front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, "/__test/") {
		f.control(w, r)
		return
	}
	soap := r.Method == http.MethodPost && strings.HasPrefix(r.URL.Path, "/sdk")
	name := r.Method + " " + r.URL.Path
	if soap {
		body, err := ioutil.ReadAll(r.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		r.Body = ioutil.NopCloser(bytes.NewReader(body))
		if found := method.FindSubmatch(body); found != nil {
			name = string(found[1])
		}
	}
	if strings.HasPrefix(r.URL.Path, "/ticket/") {
		f.console(w, r)
		return
	}
	if at := f.take(name, r); at != nil {
		f.disturb(at, w, r)
		return
	}
	if soap && name == "AcquireTicket" {
		f.ticket(w, r)
		return
	}
	if !soap || !f.xsiType {
		f.next.ServeHTTP(w, r)
		return
	}
	answer := &recorder{ResponseWriter: w, code: http.StatusOK}
	f.next.ServeHTTP(answer, r)
	w.WriteHeader(answer.code)
	_, _ = w.Write(withTypes(answer.body.Bytes()))
}

func (f *front) disturb(at *fault, w http.ResponseWriter, r *http.Request) {
	switch at.kind {
	case "http503":
		http.Error(w, "503 Service Unavailable", http.StatusServiceUnavailable)
	case "html":
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, "<html><body>A proxy asks who you are.</body></html>")
	case "reset":
		hangUp(w, nil)
	case "lost":
		f.next.ServeHTTP(&recorder{ResponseWriter: w}, r)
		hangUp(w, nil)
	case "truncate":
		answer := &recorder{ResponseWriter: w}
		f.next.ServeHTTP(answer, r)
		all := answer.body.Bytes()
		head := fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: %d\r\n\r\n", len(all))
		hangUp(w, append([]byte(head), all[:len(all)/2]...))
	case "hang", "delay":
		select {
		case <-time.After(at.wait):
		case <-r.Context().Done():
			return
		}
		if at.kind == "hang" {
			hangUp(w, nil)
		} else {
			f.next.ServeHTTP(w, r)
		}
	case "soap":
		w.Header().Set("Content-Type", "text/xml")
		w.WriteHeader(http.StatusInternalServerError)
		fmt.Fprintf(w, `<?xml version="1.0"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body><soapenv:Fault><faultcode>ServerFaultCode</faultcode><faultstring>A test wants %[1]s</faultstring><detail><%[1]sFault xmlns="urn:vim25" xsi:type="%[1]s"/></detail></soapenv:Fault></soapenv:Body></soapenv:Envelope>`, at.name)
	default:
		http.Error(w, "no such kind of fault: "+at.kind, http.StatusTeapot)
	}
}

// The simulator has no consoles. This one is the front end's: a ticket that opens once, and a screen that says which
// protocol it speaks and no more.
func (f *front) ticket(w http.ResponseWriter, r *http.Request) {
	secret := make([]byte, 16)
	_, _ = rand.Read(secret)
	ticket := hex.EncodeToString(secret)
	f.mu.Lock()
	f.tickets[ticket] = true
	f.mu.Unlock()
	host, port, _ := net.SplitHostPort(r.Host)
	w.Header().Set("Content-Type", "text/xml")
	fmt.Fprintf(w, `<?xml version="1.0"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body><AcquireTicketResponse xmlns="urn:vim25"><returnval><ticket>%s</ticket><cfgFile>/vmfs/volumes/ds/vm.vmx</cfgFile><host>%s</host><port>%s</port></returnval></AcquireTicketResponse></soapenv:Body></soapenv:Envelope>`, ticket, host, port)
}

func (f *front) console(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	ticket := strings.TrimPrefix(r.URL.Path, "/ticket/")
	valid := f.tickets[ticket]
	delete(f.tickets, ticket)
	f.mu.Unlock()
	key := r.Header.Get("Sec-WebSocket-Key")
	hijacker, ok := w.(http.Hijacker)
	if !valid || key == "" || !ok {
		http.Error(w, "no such ticket", http.StatusForbidden)
		return
	}
	line, _, err := hijacker.Hijack()
	if err != nil {
		return
	}
	defer line.Close()
	hash := sha1.Sum([]byte(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	fmt.Fprintf(line, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Protocol: binary\r\nSec-WebSocket-Accept: %s\r\n\r\n", base64.StdEncoding.EncodeToString(hash[:]))
	hello := "RFB 003.008\n"
	_, _ = line.Write(append([]byte{0x82, byte(len(hello))}, hello...))
	_, _ = io.Copy(ioutil.Discard, line)
}

type recorder struct {
	http.ResponseWriter
	body bytes.Buffer
	code int
}

func (r *recorder) Write(p []byte) (int, error) { return r.body.Write(p) }
func (r *recorder) WriteHeader(code int)        { r.code = code }

func hangUp(w http.ResponseWriter, last []byte) {
	hijacker, ok := w.(http.Hijacker)
	if !ok {
		return
	}
	line, _, err := hijacker.Hijack()
	if err != nil {
		return
	}
	if len(last) > 0 {
		_, _ = line.Write(last)
	} else if tcp, ok := line.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = line.Close()
}

// A real vCenter gives each element of an array its type; libvirt's driver insists on it, and the simulator leaves it out.
var arrays = regexp.MustCompile(`type="ArrayOf(\w+)"`)

func withTypes(answer []byte) []byte {
	done := map[string]bool{}
	for _, found := range arrays.FindAllSubmatch(answer, -1) {
		name := string(found[1])
		if done[name] {
			continue
		}
		done[name] = true
		kind := name
		switch name {
		case "String", "Int", "Long", "Short", "Byte", "Boolean":
			name = strings.ToLower(name[:1]) + name[1:]
			kind = "xsd:" + name
		}
		element := regexp.MustCompile(`<` + name + `(\s[^<>]*)?/?>`)
		answer = element.ReplaceAllFunc(answer, func(tag []byte) []byte {
			if bytes.Contains(tag, []byte(`:type="`)) {
				return tag
			}
			return append([]byte(`<`+name+` xsi:type="`+kind+`"`), tag[1+len(name):]...)
		})
	}
	return answer
}

func main() {
	log.SetOutput(os.Stderr)
	model := simulator.VPX()
	flag.IntVar(&model.Datacenter, "dc", model.Datacenter, "datacenters")
	flag.IntVar(&model.Cluster, "cluster", model.Cluster, "clusters in a datacenter")
	flag.IntVar(&model.ClusterHost, "host", model.ClusterHost, "hosts in a cluster")
	flag.IntVar(&model.Host, "standalone-host", model.Host, "hosts in no cluster, in a datacenter")
	flag.IntVar(&model.Datastore, "ds", model.Datastore, "datastores")
	flag.IntVar(&model.Machine, "vm", model.Machine, "virtual machines of each cluster and standalone host")
	flag.BoolVar(&model.Autostart, "autostart", model.Autostart, "start the virtual machines")
	esx := flag.Bool("esx", false, "an ESXi by itself")
	secure := flag.Bool("tls", false, "https, with a throw-away certificate")
	listen := flag.String("l", "127.0.0.1:0", "where to listen")
	user := flag.String("username", "", "the one user (any, where empty)")
	password := flag.String("password", "", "the user's password")
	delay := flag.Int("delay", 0, "how long every call takes, in ms")
	xsiType := flag.Bool("xsi-type", false, "write the type of array elements, as a real vCenter does")
	quiet := flag.Bool("quiet", true, "no log of calls")
	flag.Parse()
	if *quiet {
		log.SetOutput(ioutil.Discard)
	}
	if *esx {
		vpx := model
		model = simulator.ESX()
		model.Datastore, model.Machine, model.Autostart = vpx.Datastore, vpx.Machine, vpx.Autostart
	}
	model.DelayConfig.Delay = *delay
	if err := model.Create(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	defer model.Remove()

	model.Service.RegisterEndpoints = true
	model.Service.ServeMux = http.NewServeMux()
	model.Service.Listen = &url.URL{Host: *listen}
	if *user != "" {
		model.Service.Listen.User = url.UserPassword(*user, *password)
	}
	if *secure {
		model.Service.TLS = new(tls.Config)
	}
	server := model.Service.NewServer()
	server.Config.Handler = &front{next: server.Config.Handler, xsiType: *xsiType, faults: map[string]*fault{}, calls: map[string]int{}, tickets: map[string]bool{}, seen: map[string]bool{}, expired: map[string]bool{}}
	at := *server.URL
	at.User, at.Path = nil, "/"
	fmt.Println(at.String())

	end := make(chan os.Signal, 1)
	signal.Notify(end, syscall.SIGINT, syscall.SIGTERM)
	<-end
}
