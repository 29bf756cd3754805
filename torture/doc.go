// Command torture runs a cluster of real processes under load, makes faults happen to
// it, and judges afterwards whether anything that was acknowledged is lost, changed,
// doubled or out of order (docs/torture.md).
//
//	torture -seconds 60 -seed 1 -faults kill,pause     one round (make torture)
//	torture -rounds 100 -parallel 3                    many, each with the next seed (make torture-long)
//
// A round prints each fault, what it did and whether it bit, and ends with one line:
// PASSED (exit code 0), FAILED (1) or INCONCLUSIVE (3): too few faults bit or too
// little was acknowledged to say anything. Code 2 is trouble of the harness itself.
// The data of rounds that did not pass is kept.
//
// As root on Linux each round lives in namespaces of its own, so that it can cut links
// and disks, and so that nothing is left behind however it ends. Otherwise it runs on
// loopback, without the faults that need this.
package main
