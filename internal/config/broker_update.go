package config

import "strings"

// ValidateBroker checks dynamic broker configs: all of one broker, or with
// perBroker false the cluster's defaults. Names that nobody knows are stored,
// as Kafka does. Code: INVALID_REQUEST.
func ValidateBroker(configs map[string]string, perBroker bool) error {
	var fixed, needPrefix, onlyOne []string
	for _, name := range sortedKeys(configs) {
		listener, _, base := SplitListenerPrefix(name)
		d, ok := Broker(base)
		switch {
		case !ok:
			continue
		case d.Update == ReadOnly && listener == "":
			fixed = append(fixed, name)
		case needsListener(base) && listener == "":
			needPrefix = append(needPrefix, name)
		case d.Update == PerBroker && !perBroker:
			onlyOne = append(onlyOne, name)
		}
	}
	if len(fixed) > 0 {
		return invalid("Cannot update these configs dynamically: [", strings.Join(fixed, ", "), "]")
	}
	if len(needPrefix) > 0 {
		return invalid("These security configs can be dynamically updated only per-listener using the listener prefix: [", strings.Join(needPrefix, ", "), "]")
	}
	for _, name := range sortedKeys(configs) {
		_, _, base := SplitListenerPrefix(name)
		d, ok := Broker(base)
		if !ok {
			continue
		}
		value, err := d.Parse(configs[name])
		if err != nil {
			return err
		}
		if err := checkClass(d, value); err != nil {
			return err
		}
	}
	if len(onlyOne) > 0 {
		return invalid("Cannot update these configs at default cluster level, broker id must be specified: [", strings.Join(onlyOne, ", "), "]")
	}
	return nil
}

// needsListener tells whether a key can be changed only with the prefix of a
// listener: keys and trust of TLS.
func needsListener(name string) bool {
	return name == "ssl.key.password" || strings.HasPrefix(name, "ssl.keystore.") || strings.HasPrefix(name, "ssl.truststore.")
}
