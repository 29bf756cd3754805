"""librdkafka's admin client as a peer of the tests.

test/compat/peer/admin.go tells what it does and prints.
"""

from confluent_kafka import ConsumerGroupTopicPartitions, KafkaException, TopicPartition
from confluent_kafka.admin import (
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    ConfigSource,
    NewPartitions,
    NewTopic,
    ResourceType,
)


def say(*fields):
    print("\t".join(str(f) for f in fields), flush=True)


def result(futures):
    """The outcome of a call about one thing."""
    (future,) = futures.values()
    try:
        future.result()
        return "ok"
    except KafkaException as e:
        return e.args[0].name()


def run(conf, args):
    given, fresh, group = args
    admin = AdminClient(conf)
    known = admin.describe_cluster().result()
    say("cluster", len(known.nodes), known.controller.id)
    topics(admin, fresh)
    groups(admin, given, group)
    deletions(admin, given, fresh, group)


def topics(admin, fresh):
    resource = ConfigResource(ResourceType.TOPIC, fresh)

    def retention():
        entry = list(admin.describe_configs([resource]).values())[0].result()["retention.ms"]
        return f"{entry.value}\t{str(entry.source == ConfigSource.DEFAULT_CONFIG.value).lower()}"

    wanted = NewTopic(fresh, 2, 1, config={"retention.ms": "12345678"})
    say("create", result(admin.create_topics([wanted])))
    say("create", result(admin.create_topics([wanted])))
    say("config", retention())
    change = ConfigEntry("retention.ms", "7654321", incremental_operation=AlterConfigOpType.SET)
    altered = ConfigResource(ResourceType.TOPIC, fresh, incremental_configs=[change])
    say("alter", result(admin.incremental_alter_configs([altered])))
    say("config", retention())
    say("grow", result(admin.create_partitions([NewPartitions(fresh, 3)])))
    say("grow", result(admin.create_partitions([NewPartitions(fresh, 1)])))
    say("listed", str(fresh in admin.list_topics(timeout=30).topics).lower())


def groups(admin, given, group):
    def offsets():
        request = [ConsumerGroupTopicPartitions(group)]
        found = list(admin.list_consumer_group_offsets(request).values())[0].result().topic_partitions
        parts = sorted(f"{p.topic}-{p.partition}={p.offset}" for p in found)
        return "{" + ", ".join(parts) + "}"

    names = [g.group_id for g in admin.list_consumer_groups().result().valid]
    described = list(admin.describe_consumer_groups([group]).values())[0].result()
    say("group", str(group in names).lower(), described.state.name.capitalize())
    say("offsets", offsets())
    change = ConsumerGroupTopicPartitions(group, [TopicPartition(given, 0, 4, "moved")])
    say("reset", result(admin.alter_consumer_group_offsets([change])))
    say("offsets", offsets())


def deletions(admin, given, fresh, group):
    (deleted,) = admin.delete_records([TopicPartition(given, 0, 3)]).values()
    say("records", deleted.result().low_watermark)
    say("delete group", result(admin.delete_consumer_groups([group])))
    say("delete group", result(admin.delete_consumer_groups([group])))
    say("delete", result(admin.delete_topics([fresh])))
    say("delete", result(admin.delete_topics([fresh])))
