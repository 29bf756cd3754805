# brolga: what can be made. `make run` needs Go and make, nothing else.

GO ?= go
ROOMS = ./bench/... ./cmd/... ./internal/... ./torture/...
# test/docker needs an engine and has a target of its own.
PEERS = $(patsubst %,./%...,$(filter-out test/docker/,$(sort $(dir $(wildcard test/*/*.go)))))

.PHONY: run build console test test-rooms test-peers peers lab-docker dist check generate bench bench-kafka bench-guard bench-controller bench-rooms soak torture torture-long simulate planted crash-points fuzz clean

## run: build and start one broker on localhost:9092, data in ./brolga-data
run: build
	bin/brolga server

## build: bin/brolga and a link to it for each tool
build:
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '-s -w' -o bin/brolga ./cmd/brolga
	scripts/link-tools.sh bin

## test: everything, real clients included; with CI=true a missing one is a failure
test: peers build
	scripts/test.sh $(ROOMS) $(PEERS)

## test-rooms: the tests beside the code
test-rooms:
	scripts/test.sh $(ROOMS)

## test-peers: real clients and tools against bin/brolga; COMPAT_TARGET=kafka runs them against Kafka
test-peers: peers build
	scripts/test.sh $(PEERS)

## lab-docker: the lab in containers; starts Debian's Docker engine where none runs and it may
lab-docker: build
	scripts/test.sh ./test/docker/...

## dist: archives for linux and darwin on amd64 and arm64 in dist/
dist:
	scripts/dist.sh

## peers: install the clients and tools that the tests use
peers:
	scripts/peers.sh

## check: format, vet, the rules of the house, the race detector
check:
	scripts/check.sh

## generate: internal/wire from Kafka's message definitions, KAFKA_VERSION=… for another release
generate:
	scripts/generate.sh $(KAFKA_VERSION)

## console: the console's pages, built into what is embedded
console:
	scripts/console.sh

## bench: bin/brolga beside the least that a broker can do, ROWS="a1 b1" for some rows
bench: build
	$(GO) build -o bin/bench ./bench
	bin/bench $(ROWS)

## bench-kafka: bin/brolga beside Apache Kafka, ROWS="a1 d" for some rows, REPEATS (5), QUICK=1, REPORT=file
bench-kafka: build
	scripts/peers.sh java_peers python_peer
	$(GO) build -o bin/bench ./bench
	bin/bench kafka -pairs $(or $(REPEATS),5) $(if $(QUICK),-quick) $(if $(REPORT),-report $(REPORT)) $(ROWS)

## bench-guard: fails when a row of bench/baseline.json got clearly worse
bench-guard: build
	$(GO) build -o bin/bench ./bench
	bin/bench guard

## bench-controller: the controller with 1,000 brokers and 1,000,000 partitions, step by step
bench-controller:
	BROKERS=$(or $(BROKERS),1000) PARTITIONS=$(or $(PARTITIONS),1000000) \
	  $(GO) test -count 1 -timeout 10m -run '^TestScale$$' -v ./internal/controller

## soak: a mixed load with restarts for HOURS (1), then whether all stayed as it was (docs/soak.md)
soak: build
	$(GO) build -o bin/soak ./bench/soak
	bin/soak -hours $(or $(HOURS),1)

## bench-rooms: benchmarks of the rooms
bench-rooms:
	$(GO) test -run '^$$' -bench . -benchmem $(ROOMS)

# The programs that torture runs: this one, and the one whose clock can be set.
build-torture: build
	$(GO) build -o bin/torture ./torture
	CGO_ENABLED=0 $(GO) build -trimpath -tags faults -o bin/brolga-faults ./cmd/brolga

TORTURE = bin/torture -tagged bin/brolga-faults -seconds $(or $(SECONDS),60) -seed $(or $(SEED),1) -faults "$(FAULTS)" \
	$(if $(NODES),-nodes $(NODES)) $(if $(OLDER),-older $(OLDER)) $(if $(RESULTS),-results $(RESULTS))

## torture: real processes, faults, and what became of every record: SECONDS=60 SEED=1 FAULTS=kill,pause
torture: build-torture
	$(TORTURE)

## torture-long: many rounds, each with the next seed: ROUNDS=200 PARALLEL=2 SECONDS=60 SEED=1 RESULTS=file OLDER=program
torture-long: build-torture
	$(TORTURE) -rounds $(or $(ROUNDS),200) -parallel $(or $(PARALLEL),2) -tries 2

## torture-short: a short round of each family of faults, as CI runs it
torture-short: build
	scripts/torture.sh

## simulate: clusters in one goroutine, a seed each: SEEDS=20000 FIRST=1 (docs/torture-simulator.md)
simulate:
	BROLGA_SIM_SEEDS=$(or $(SEEDS),1000) BROLGA_SIM_FIRST_SEED=$(or $(FIRST),1) \
	  $(GO) test -count 1 -timeout 120m -run '^TestSeeds$$' -v ./internal/simulator

## planted: puts each bug of internal/planted into the code and wants its test to notice; SEARCH=1 looks for one in all tests, BUGS="name…" for some
planted:
	$(GO) run ./internal/planted/catch $(if $(SEARCH),-search) $(BUGS)

## crash-points: a log and a data directory killed at every file operation of SCRIPTS (20) random scripts
crash-points:
	BROLGA_CRASH_SCRIPTS=$(or $(SCRIPTS),20) $(GO) test -count 1 -timeout 60m -v -run PowerLossAtEvery ./internal/commitlog ./internal/logdir

## fuzz: each fuzz target for FUZZTIME (10s)
fuzz:
	scripts/fuzz.sh

## clean: what was built
clean:
	rm -rf bin
