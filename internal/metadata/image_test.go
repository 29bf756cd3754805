package metadata

import (
	"bytes"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/brolga-io/brolga/internal/wire"
)

// moment is one image of a history, with what it must still be at the end.
type moment struct {
	image *Image
	bytes []byte
}

// TestImageAgainstModel applies random logs. However the records are cut into
// steps, the images are what the model says, hand-outs never change, and an image
// made of a snapshot goes on as the original does.
func TestImageAgainstModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := newModel()
		image, applied := Empty(), Empty()
		editor := NewEditor(image)
		var history []moment
		var batch []wire.Record
		var offset int64
		for range rapid.IntRange(0, 80).Draw(t, "records") {
			r := m.draw(t)
			m.apply(r)
			batch = append(batch, r)
			offset++
			if err := editor.Apply(r); err != nil {
				t.Fatalf("%T: %v", r, err)
			}
			if rapid.IntRange(0, 3).Draw(t, "publish") > 0 {
				continue
			}
			var delta *Delta
			was := image
			image, delta = editor.Publish(offset, 3)
			checkDelta(t, delta, was, image)
			sameState(t, image, m)
			history = append(history, moment{image, imageBytes(image)})
			var err error
			if applied, _, err = applied.Apply(batch, offset, 3); err != nil {
				t.Fatal(err)
			}
			batch = nil
			if !bytes.Equal(imageBytes(applied), imageBytes(image)) {
				t.Fatal("Image.Apply and the Editor do not agree")
			}
			if rapid.IntRange(0, 5).Draw(t, "snapshot") == 0 {
				editor, image = fromSnapshot(t, image)
			}
		}
		for _, h := range history {
			if !bytes.Equal(imageBytes(h.image), h.bytes) {
				t.Fatal("an image that was handed out changed")
			}
		}
		checkDiffs(t, history)
	})
}

// fromSnapshot writes the image to bytes and back.
func fromSnapshot(t *rapid.T, image *Image) (*Editor, *Image) {
	editor := NewEditor(Empty())
	for r := range image.Records() {
		stored := wire.AppendMetadataRecord(nil, r, RecordVersion(r, LastMetadataVersion))
		decoded, _, err := wire.DecodeMetadataRecord(stored)
		if err != nil {
			t.Fatal(err)
		}
		if err := editor.Apply(decoded); err != nil {
			t.Fatal(err)
		}
	}
	loaded, _ := editor.Publish(image.EndOffset(), image.Epoch())
	if !bytes.Equal(imageBytes(loaded), imageBytes(image)) {
		t.Fatal("the snapshot is another image")
	}
	if d := Diff(image, loaded); !d.Empty() {
		t.Fatalf("the snapshot differs: %+v", d)
	}
	return editor, loaded
}

// checkDelta holds the delta of the records against the difference of the images:
// it may name more, never less.
func checkDelta(t *rapid.T, delta *Delta, from, to *Image) {
	if delta.From != from || delta.To != to {
		t.Fatal("the delta is between other images")
	}
	diff := Diff(from, to)
	if !slices.Equal(topicIDs(delta.CreatedTopics), topicIDs(diff.CreatedTopics)) ||
		!slices.Equal(topicIDs(delta.DeletedTopics), topicIDs(diff.DeletedTopics)) {
		t.Fatalf("created %v deleted %v, want %v and %v", topicIDs(delta.CreatedTopics),
			topicIDs(delta.DeletedTopics), topicIDs(diff.CreatedTopics), topicIDs(diff.DeletedTopics))
	}
	for _, want := range diff.ChangedTopics {
		i := slices.IndexFunc(delta.ChangedTopics, func(c TopicChange) bool { return c.New.ID == want.New.ID })
		if i < 0 || !includes(delta.ChangedTopics[i].Partitions, want.Partitions) {
			t.Fatalf("topic %s: partitions %v are not all in the delta", want.New.Name, want.Partitions)
		}
		if c := delta.ChangedTopics[i]; c.Old != want.Old || c.New != want.New || !slices.IsSorted(c.Partitions) {
			t.Fatalf("topic %s: %+v, want %+v", want.New.Name, c, want)
		}
	}
	if !includes(delta.Configs, diff.Configs) || !includes(delta.Brokers, diff.Brokers) ||
		!includes(delta.Controllers, diff.Controllers) || !includes(delta.Features, diff.Features) ||
		!includes(delta.ACLs, diff.ACLs) || !includes(delta.ScramCredentials, diff.ScramCredentials) {
		t.Fatalf("the delta %+v lacks something of %+v", delta, diff)
	}
	if diff.ClientQuotas && !delta.ClientQuotas || diff.DelegationTokens && !delta.DelegationTokens ||
		diff.ProducerIDs && !delta.ProducerIDs {
		t.Fatalf("the delta %+v lacks something of %+v", delta, diff)
	}
}

// checkDiffs: the difference of two images is empty if and only if they are equal,
// whatever lies between them.
func checkDiffs(t *rapid.T, history []moment) {
	for _, from := range history {
		for _, to := range history {
			// Features and the rest of a transaction that is under way are in no delta.
			if from.image.transaction != nil || to.image.transaction != nil || from.image.clusterID != to.image.clusterID {
				continue
			}
			if equal := bytes.Equal(from.bytes, to.bytes); Diff(from.image, to.image).Empty() != equal {
				t.Fatalf("equal is %v, the difference %+v", equal, Diff(from.image, to.image))
			}
		}
	}
}

func topicIDs(topics []*Topic) []wire.UUID {
	ids := make([]wire.UUID, 0, len(topics))
	for _, t := range topics {
		ids = append(ids, t.ID)
	}
	slices.SortFunc(ids, compareUUIDs)
	return ids
}

func includes[E comparable](list, wanted []E) bool {
	return !slices.ContainsFunc(wanted, func(e E) bool { return !slices.Contains(list, e) })
}
