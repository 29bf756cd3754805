package console

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/crypto/bcrypt"
)

// users are the people who may log in, as a file lists them: one
// name:bcrypt-hash a line, :read-only after it for those who may only look. A
// changed file counts from the next login on.
type users struct {
	path string
	// checking lets few passwords be hashed at a time: each costs a core for a
	// while.
	checking chan struct{}

	mu      sync.Mutex
	changed time.Time
	byName  map[string]user
}

type user struct {
	hash     []byte
	readOnly bool
}

// maxUsersBytes is the largest users file.
const maxUsersBytes = 1 << 20

// nobody is compared with where a name is unknown, so that the time taken does
// not tell which names exist. It is the hash of a random password.
const nobody = "$2a$10$Qifp0urp9MT3kH00p7Dm8.JywVMsfUNB5Or4z.vDoyR8MTIkq3oni"

func openUsers(path string) (*users, error) {
	u := &users{path: path, checking: make(chan struct{}, 2)}
	if path == "" {
		return u, nil
	}
	return u, u.load()
}

func (u *users) required() bool { return u.path != "" }

// load reads the file if it changed since.
func (u *users) load() error {
	info, err := os.Stat(u.path)
	if err != nil {
		return fmt.Errorf("the console's users: %w", err)
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if info.ModTime().Equal(u.changed) {
		return nil
	}
	if info.Size() > maxUsersBytes {
		return fmt.Errorf("the console's users: %s is larger than %d bytes", u.path, maxUsersBytes)
	}
	b, err := os.ReadFile(u.path)
	if err != nil {
		return fmt.Errorf("the console's users: %w", err)
	}
	byName, err := parseUsers(b)
	if err != nil {
		return fmt.Errorf("the console's users: %s: %w", u.path, err)
	}
	u.byName, u.changed = byName, info.ModTime()
	return nil
}

func parseUsers(b []byte) (map[string]user, error) {
	byName := map[string]user{}
	lines := bufio.NewScanner(bytes.NewReader(b))
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || line[0] == '#' {
			continue
		}
		fields := strings.Split(line, ":")
		switch {
		case len(fields) < 2 || len(fields) > 3 || fields[0] == "":
			return nil, fmt.Errorf("line %d is not name:hash or name:hash:read-only", n)
		case len(fields) == 3 && fields[2] != "read-only":
			return nil, fmt.Errorf("line %d ends in something other than read-only", n)
		}
		if _, err := bcrypt.Cost([]byte(fields[1])); err != nil {
			return nil, fmt.Errorf("line %d has no bcrypt hash (brolga console hash-password makes one)", n)
		}
		if _, twice := byName[fields[0]]; twice {
			return nil, fmt.Errorf("line %d names a user for the second time", n)
		}
		byName[fields[0]] = user{[]byte(fields[1]), len(fields) == 3}
	}
	return byName, lines.Err()
}

// check tells whether a password is right. It takes some tenths of a second.
func (u *users) check(name, password string) (user, bool, error) {
	if err := u.load(); err != nil {
		return user{}, false, err
	}
	u.mu.Lock()
	found, known := u.byName[name]
	u.mu.Unlock()
	hash := found.hash
	if !known {
		hash = []byte(nobody)
	}
	u.checking <- struct{}{}
	err := bcrypt.CompareHashAndPassword(hash, []byte(password))
	<-u.checking
	return found, known && err == nil, nil
}

// find tells whether a user still exists. A file that cannot be read any more
// lets nobody new in, and those who are in stay.
func (u *users) find(name string) (user, bool) {
	_ = u.load() // told at the next login
	u.mu.Lock()
	defer u.mu.Unlock()
	found, ok := u.byName[name]
	return found, ok
}

// HashPassword makes a line's hash.
func HashPassword(password []byte) (string, error) {
	b, err := bcrypt.GenerateFromPassword(password, bcrypt.DefaultCost)
	return string(b), err
}
