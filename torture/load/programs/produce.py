"""An idempotent librdkafka producer: see foreign.go for what it reads and prints."""

import sys
import threading

from confluent_kafka import Producer

bootstrap, topic = sys.argv[1:]
producer = Producer(
    {
        "bootstrap.servers": bootstrap,
        "enable.idempotence": True,
        "linger.ms": 5,
        "delivery.timeout.ms": 120000,
        "topic.metadata.refresh.interval.ms": 5000,
        "reconnect.backoff.max.ms": 500,
        "debug": "eos",
    }
)
done = threading.Event()


def run_poll():
    while not done.is_set():
        producer.poll(0.05)
        sys.stdout.flush()


threading.Thread(target=run_poll, daemon=True).start()
for line in sys.stdin:
    partition, value = line.rstrip("\n").split("\t")

    def delivered(err, m, value=value):
        print(f"{value}\terror" if err else f"{value}\t{m.offset()}")

    producer.produce(topic, value=value.encode(), partition=int(partition), on_delivery=delivered)
producer.flush(15)
done.set()
sys.stdout.flush()
