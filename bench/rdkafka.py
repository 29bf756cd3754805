"""Writes and reads records with librdkafka and prints the seconds for a million of each.

rdkafka.py BOOTSTRAP TOPIC RECORDS SIZE
"""

import sys
import time

from confluent_kafka import Consumer, Producer


def write(bootstrap, topic, records, size):
    producer = Producer({"bootstrap.servers": bootstrap, "acks": 1, "queue.buffering.max.messages": 1000000})
    value, failed = bytes(size), []

    def answered(error, _):
        if error:
            failed.append(error)

    begin = time.monotonic()
    for _ in range(records):
        while True:
            try:
                producer.produce(topic, value, on_delivery=answered)
                break
            except BufferError:
                producer.poll(0.01)
        producer.poll(0)
    left = producer.flush(60)
    if failed or left:
        sys.exit(f"{len(failed)} records failed, {left} are left: {failed[:1]}")
    return time.monotonic() - begin


def read(bootstrap, topic, records):
    # By default librdkafka fetches nothing for a second when it has 100,000 records that
    # nobody took yet: the faster a broker answers, the more of those seconds.
    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": f"rdkafka-{time.time_ns()}",
                         "auto.offset.reset": "earliest", "fetch.queue.backoff.ms": 10})
    consumer.subscribe([topic])
    count, begin, late = 0, None, time.monotonic() + 60
    while count < records:
        batch = consumer.consume(min(10000, records - count), 1)  # for more it would wait a second in vain
        if batch and begin is None:
            begin = time.monotonic()  # joining the group is not what is measured
        count += sum(1 for message in batch if not message.error())
        if time.monotonic() > late:
            sys.exit(f"{count} of {records} records came")
    consumer.close()
    return time.monotonic() - begin


if __name__ == "__main__":
    bootstrap, topic, records, size = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    for seconds in (write(bootstrap, topic, records, size), read(bootstrap, topic, records)):
        print(seconds / records * 1e6)
