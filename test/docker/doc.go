// Package docker walks through the lab in containers: parts A, C, D and E with the
// compose files of this repository, then the files of the ZooKeeper time, and the
// habits of others who start Kafka's images, such as Testcontainers.
//
// scripts/docker.sh finds or starts an engine and builds the image from bin/brolga.
// Where no engine can be had the tests are skipped with one line; with CI=true that is
// a failure. The containers use the ports of the lab: 9092 to 9094, 8080 and 2181.
package docker
