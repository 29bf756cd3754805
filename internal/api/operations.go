package api

// ACL operation codes as on the wire (Kafka's AclOperation).
const (
	opRead            = 3
	opWrite           = 4
	opCreate          = 5
	opDelete          = 6
	opAlter           = 7
	opDescribe        = 8
	opClusterAction   = 9
	opDescribeConfigs = 10
	opAlterConfigs    = 11
	opIdempotentWrite = 12
)

// noOperations is answered when the client did not ask.
const noOperations = int32(-2147483648)

// The operations that exist for each kind of resource (Kafka's AclEntry).
var (
	topicOperations   = []uint{opRead, opWrite, opCreate, opDescribe, opDelete, opAlter, opDescribeConfigs, opAlterConfigs}
	clusterOperations = []uint{opCreate, opClusterAction, opDescribeConfigs, opAlterConfigs, opIdempotentWrite, opAlter, opDescribe}
	groupOperations   = []uint{opRead, opDescribe, opDelete, opDescribeConfigs, opAlterConfigs}
)

// allOperations is the bit field of every operation given: without an
// authorizer everybody may do everything.
func allOperations[T ~[]uint](ops T) int32 {
	var bits int32
	for _, op := range ops {
		bits |= 1 << op
	}
	return bits
}
