package wire

import "testing"

func TestLookupAPI(t *testing.T) {
	produce, ok := LookupAPI(APIKeyProduce)
	want := API{Key: 0, Name: "Produce", MinVersion: 3, MaxVersion: 13, FlexibleFrom: 9, Listeners: BrokerListener}
	if !ok || produce != want {
		t.Errorf("%+v, %t", produce, ok)
	}
	fetch, _ := LookupAPI(APIKeyFetch)
	if !fetch.Listeners.Has(BrokerListener|ControllerListener) || produce.Listeners.Has(ControllerListener) {
		t.Errorf("listeners %b and %b", fetch.Listeners, produce.Listeners)
	}
	for _, key := range []int16{-1, 4, 5, 6, 7, 999, 32767, -32768} {
		if api, ok := LookupAPI(key); ok {
			t.Errorf("key %d is %+v", key, api)
		}
		if NewRequest(key) != nil || NewResponse(key) != nil {
			t.Errorf("key %d has a body", key)
		}
	}
}

// The table is in order, and request and response agree with it.
func TestAPITable(t *testing.T) {
	last, unstable := int16(-1), 0
	for api := range APIs() {
		if api.Key <= last {
			t.Errorf("key %d after %d", api.Key, last)
		}
		last = api.Key
		if found, ok := LookupAPI(api.Key); !ok || found != api {
			t.Errorf("%s is found as %+v", api.Name, found)
		}
		if api.LatestVersionUnstable {
			unstable++
		}
		checkBodies(t, api)
	}
	if unstable == 0 {
		t.Error("no version is unstable; InitProducerId 6 is in Kafka 4.4")
	}
}

func checkBodies(t *testing.T, api API) {
	request, response := lookupMessage(t, api.Name+"Request"), lookupMessage(t, api.Name+"Response")
	for _, info := range []messageInfo{request, response} {
		if info.key != int(api.Key) || info.low != api.MinVersion || info.high != api.MaxVersion || info.flexibleFrom != api.FlexibleFrom {
			t.Errorf("%s is %+v", api.Name, info)
		}
	}
	if body := NewRequest(api.Key); body == nil || body.APIKey() != api.Key {
		t.Errorf("%s has the body %T", api.Name, body)
	}
	if NewResponse(api.Key) == nil {
		t.Errorf("%s has no response", api.Name)
	}
}

func TestVersions(t *testing.T) {
	metadata, _ := LookupAPI(APIKeyMetadata)
	handshake, _ := LookupAPI(APIKeySaslHandshake)
	if !metadata.Valid(0) || metadata.Valid(-1) || metadata.Valid(metadata.MaxVersion+1) || handshake.Flexible(1) {
		t.Error("versions")
	}
	if metadata.RequestHeaderVersion(8) != 1 || metadata.RequestHeaderVersion(9) != 2 ||
		metadata.ResponseHeaderVersion(8) != 0 || metadata.ResponseHeaderVersion(9) != 1 {
		t.Error("versions of headers")
	}
}

func TestAPIsStopsEarly(t *testing.T) {
	n := 0
	for range APIs() {
		n++
		break
	}
	if n != 1 {
		t.Errorf("%d", n)
	}
}
