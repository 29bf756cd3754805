"""librdkafka's Python binding as a peer of the tests.

test/compat/peer/driver.go tells the commands and the form of records.
"""

import base64
import sys
import threading

import admin
from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, Producer, TopicPartition


def encode(b):
    return "-" if b is None else base64.b64encode(b).decode()


def decode(s):
    return None if s == "-" else base64.b64decode(s)


def show(m):
    headers = ";".join(f"{k}={encode(v)}" for k, v in m.headers() or [])
    fields = [m.topic(), m.partition(), m.offset(), m.timestamp()[1], encode(m.key()), encode(m.value()), headers]
    return "\t".join(str(f) for f in fields)


def say(line):
    print(line, flush=True)


def produce(conf, targets):
    lines = [line.rstrip("\n") for line in sys.stdin]
    for target in targets:
        topic, codec = target.split(":")
        producer = Producer({**conf, "compression.type": codec, "linger.ms": 20})

        def delivered(err, m):
            say(f"error\t{err.name()}\t{err.str()}" if err else f"{m.topic()}\t{m.partition()}\t{m.offset()}")

        for line in lines:
            partition, timestamp, key, value, headers = line.split("\t")
            args = {"on_delivery": delivered}
            if int(partition) >= 0:
                args["partition"] = int(partition)
            if int(timestamp) >= 0:
                args["timestamp"] = int(timestamp)
            if headers:
                args["headers"] = [(k, decode(v)) for k, v in (h.split("=", 1) for h in headers.split(";"))]
            producer.produce(topic, value=decode(value), key=decode(key), **args)
        if producer.flush(60) > 0:
            sys.exit("not all records were delivered")


def poll(consumer, seconds):
    m = consumer.poll(seconds)
    if m is None:
        return None
    if m.error():
        if m.error().code() in (KafkaError._PARTITION_EOF, KafkaError._TRANSPORT, KafkaError._ALL_BROKERS_DOWN):
            return None
        sys.exit(str(m.error()))
    return m


def consume(conf, rest):
    count, group, topics = int(rest[0]), rest[1], rest[2:]
    consumer = Consumer({"auto.offset.reset": "earliest", **conf, "group.id": "none" if group == "-" else group})
    if group == "-":
        everything = []
        for topic in topics:
            known = consumer.list_topics(topic, 30).topics[topic].partitions
            everything += [TopicPartition(topic, p, OFFSET_BEGINNING) for p in known]
        consumer.assign(everything)
    else:
        consumer.subscribe(topics)
    while count > 0:
        m = poll(consumer, 1)
        if m is not None:
            say(show(m))
            count -= 1
    if group != "-":
        consumer.commit(asynchronous=False)
    consumer.close()


def join(conf, rest):
    closed = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), closed.set()), daemon=True).start()
    consumer = Consumer({"auto.offset.reset": "earliest", **conf, "group.id": rest[0]})

    def names(partitions):
        return ",".join(sorted(f"{p.topic}-{p.partition}" for p in partitions))

    def assigned(c, partitions):
        c.assign(partitions)
        say(f"assigned\t{names(c.assignment())}")

    def revoked(c, partitions):
        c.unassign()
        say(f"revoked\t{names(partitions)}")

    consumer.subscribe(rest[1:], on_assign=assigned, on_revoke=revoked)
    while not closed.is_set():
        m = poll(consumer, 0.05)
        if m is not None:
            say(f"record\t{show(m)}")
    consumer.close()


def main():
    command, bootstrap, *args = sys.argv[1:]
    conf, rest = {"bootstrap.servers": bootstrap}, []
    while args:
        arg = args.pop(0)
        if arg == "-P":
            key, value = args.pop(0).split("=", 1)
            conf[key] = value
        else:
            rest.append(arg)
    {"produce": produce, "consume": consume, "join": join, "admin": admin.run}[command](conf, rest)


main()
