// Package objects owns the connection to an S3-compatible object store: one bucket, or a part of one, in which bytes lie under
// names. It puts its failures into words that an operator can act upon.
//
// It stops at bytes: what they are, that they are sealed, and that they are still the same, is their owner's matter.
package objects

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// Config is where the store is and who we are there.
type Config struct {
	URL    string // https://s3.example/BUCKET, or https://s3.example/BUCKET/PREFIX
	Key    string // the access key's id
	Secret string
	Region string // default us-east-1, which most stores take for any
}

// Store is an object store. Its methods may be called at the same time.
type Store struct {
	client *minio.Client
	host   string
	bucket string
	prefix string // "" or with a slash at its end
}

// Limits of one call. A store that is silent must not keep anybody for long.
const (
	dialTime  = 5 * time.Second
	replyTime = 10 * time.Second // until an answer begins
	tries     = 2
)

// ErrMissing is an object that is not there.
var ErrMissing = errors.New("the object store has no such object")

// ErrTooLong is an object that is longer than it may be.
var ErrTooLong = errors.New("the object is longer than it was")

// Split takes an address apart.
func Split(address string) (host, bucket, prefix string, secure bool, err error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return "", "", "", false, fmt.Errorf("%q is no address of a bucket: write it like https://s3.example/BUCKET, and the key apart from it", address)
	}
	bucket, prefix, _ = strings.Cut(strings.Trim(u.Path, "/"), "/")
	if bucket == "" {
		return "", "", "", false, fmt.Errorf("%q names no bucket: write it like https://s3.example/BUCKET", address)
	}
	if prefix != "" {
		prefix += "/"
	}
	return u.Host, bucket, prefix, u.Scheme == "https", nil
}

// Open makes a store ready. Nothing is sent until something is asked of it.
func Open(c Config) (*Store, error) {
	host, bucket, prefix, secure, err := Split(c.URL)
	if err != nil {
		return nil, err
	}
	if c.Region == "" {
		c.Region = "us-east-1"
	}
	client, err := minio.New(host, &minio.Options{
		Creds: credentials.NewStaticV4(c.Key, c.Secret, ""), Secure: secure, Region: c.Region, MaxRetries: tries,
		Transport: &http.Transport{
			Proxy:       http.ProxyFromEnvironment,
			DialContext: (&net.Dialer{Timeout: dialTime}).DialContext, TLSHandshakeTimeout: dialTime, ResponseHeaderTimeout: replyTime,
			MaxIdleConnsPerHost: 16, IdleConnTimeout: time.Minute, DisableCompression: true,
		},
	})
	if err != nil {
		return nil, fmt.Errorf("the object store's settings: %w", err)
	}
	return &Store{client: client, host: host, bucket: bucket, prefix: prefix}, nil
}

// String is where it is, without secrets.
func (s *Store) String() string { return s.host + "/" + s.bucket + "/" + s.prefix }

// Put stores an object, in place of one of the same name.
func (s *Store) Put(ctx context.Context, name string, data []byte) error {
	_, err := s.client.PutObject(ctx, s.bucket, s.prefix+name, bytes.NewReader(data), int64(len(data)),
		minio.PutObjectOptions{ContentType: "application/octet-stream", SendContentMd5: true, DisableMultipart: true})
	return s.told("putting", err)
}

// Read copies an object of at most so many bytes.
func (s *Store) Read(ctx context.Context, name string, most int64, to io.Writer) error {
	o, err := s.client.GetObject(ctx, s.bucket, s.prefix+name, minio.GetObjectOptions{})
	if err != nil {
		return s.told("reading", err)
	}
	defer o.Close()
	n, err := io.Copy(to, io.LimitReader(o, most+1))
	if err == nil && n > most {
		return ErrTooLong
	}
	return s.told("reading", err)
}

// Delete takes an object away; one that is not there is none.
func (s *Store) Delete(ctx context.Context, name string) error {
	err := s.told("deleting", s.client.RemoveObject(ctx, s.bucket, s.prefix+name, minio.RemoveObjectOptions{}))
	if errors.Is(err, ErrMissing) {
		return nil
	}
	return err
}

// Object is what a store says of one.
type Object struct {
	Name string
	Size int64
	Put  time.Time // by the store's clock
}

// Stat asks for one object.
func (s *Store) Stat(ctx context.Context, name string) (Object, error) {
	o, err := s.client.StatObject(ctx, s.bucket, s.prefix+name, minio.StatObjectOptions{})
	return Object{name, o.Size, o.LastModified}, s.told("asking for", err)
}

// List gives all objects whose names begin so, in the order of their names.
func (s *Store) List(ctx context.Context, begin string, each func(Object) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // ends the listing when each wants no more
	for o := range s.client.ListObjects(ctx, s.bucket, minio.ListObjectsOptions{Prefix: s.prefix + begin, Recursive: true}) {
		if o.Err != nil {
			return s.told("listing", o.Err)
		}
		if err := each(Object{strings.TrimPrefix(o.Key, s.prefix), o.Size, o.LastModified}); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// Try puts, reads, lists and deletes an object, so that every right that is needed has been used once.
func (s *Store) Try(ctx context.Context, name string) error {
	ctx, cancel := context.WithTimeout(ctx, 3*replyTime)
	defer cancel()
	const text = "tries whether the key may write, read, list and delete"
	if err := s.Put(ctx, name, []byte(text)); err != nil {
		return err
	}
	var back bytes.Buffer
	if err := s.Read(ctx, name, int64(len(text)), &back); err != nil {
		return err
	}
	if back.String() != text {
		return fmt.Errorf("the object store %s gives back something else than was put there", s)
	}
	found := false
	if err := s.List(ctx, name, func(o Object) error { found = found || o.Name == name; return nil }); err != nil {
		return err
	}
	if !found {
		return fmt.Errorf("the object store %s does not list what was put there", s)
	}
	return s.Delete(ctx, name)
}

// Refused is a store that answers and does not let us: trying again does not mend it, a person must.
type Refused struct {
	says  string
	cause error
}

func (r *Refused) Error() string { return r.says }
func (r *Refused) Unwrap() error { return r.cause }

// told puts a failure into words.
func (s *Store) told(doing string, err error) error {
	if err == nil {
		return nil
	}
	refused := func(format string, args ...any) error { return &Refused{fmt.Sprintf(format, args...), err} }
	var a minio.ErrorResponse
	_ = errors.As(err, &a) // none: nobody answered
	switch a.Code {
	case minio.NoSuchKey:
		return ErrMissing
	case minio.NoSuchBucket, minio.InvalidBucketName:
		return refused("the object store at %s has no bucket %q: make it, or name another in objects.url", s.host, s.bucket)
	case minio.InvalidAccessKeyID, minio.SignatureDoesNotMatch, "XAdminUserNotFound":
		return refused("the object store at %s does not know the key, or its secret is another: look at objects.key and objects.secret", s.host)
	case minio.AccessDenied, minio.AllAccessDisabled:
		return refused("the object store at %s does not let this key work in the bucket %q: it must be allowed to put, get, list and delete objects (%s an object was refused)", s.host, s.bucket, doing)
	case minio.AuthorizationHeaderMalformed, minio.InvalidRegion:
		return refused("the object store at %s wants another region: set objects.region (%s)", s.host, a.Message)
	case minio.RequestTimeTooSkewed:
		return refused("the clock here and that of the object store at %s differ too much: set both right", s.host)
	case "":
		return fmt.Errorf("the object store at %s does not answer: %w", s.host, err)
	}
	if a.StatusCode == http.StatusForbidden {
		return refused("the object store at %s refuses: %s an object: %s: %s", s.host, doing, a.Code, a.Message)
	}
	return fmt.Errorf("the object store at %s: %s an object: %s: %w", s.host, doing, a.Code, err)
}
