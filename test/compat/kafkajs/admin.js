// The admin client of kafkajs as a peer of the tests; test/compat/peer/admin.go
// tells what it does and prints.
'use strict'

const { ConfigResourceTypes } = require('kafkajs')

const say = (...fields) => process.stdout.write(fields.join('\t') + '\n')

// The outcome of a call about one thing.
async function result(call) {
  try {
    await call()
    return 'ok'
  } catch (e) {
    const inner = (e.errors && e.errors[0]) || (e.groups && e.groups[0].error) || e.cause || e
    return inner.type || inner.name
  }
}

async function topics(client, fresh) {
  const resources = [{ type: ConfigResourceTypes.TOPIC, name: fresh, configNames: ['retention.ms'] }]
  const retention = async () => {
    const described = await client.describeConfigs({ includeSynonyms: false, resources })
    const [entry] = described.resources[0].configEntries
    return `${entry.configValue}\t${entry.isDefault}`
  }
  const create = async () => {
    const configEntries = [{ name: 'retention.ms', value: '12345678' }]
    const created = await client.createTopics({ topics: [{ topic: fresh, numPartitions: 2, replicationFactor: 1, configEntries }] })
    return created ? 'ok' : 'TOPIC_ALREADY_EXISTS' // the only error that it swallows
  }
  const grow = count => result(() => client.createPartitions({ topicPartitions: [{ topic: fresh, count }] }))
  say('create', await create())
  say('create', await create())
  say('config', await retention())
  const configEntries = [{ name: 'retention.ms', value: '7654321' }]
  const altered = [{ type: ConfigResourceTypes.TOPIC, name: fresh, configEntries }]
  say('alter', await result(() => client.alterConfigs({ validateOnly: false, resources: altered })))
  say('config', await retention())
  say('grow', await grow(3))
  say('grow', await grow(1))
  say('listed', (await client.listTopics()).includes(fresh))
}

async function groups(client, given, group) {
  const offsets = async () => {
    const parts = []
    for (const { topic, partitions } of await client.fetchOffsets({ groupId: group, topics: [given] })) {
      for (const p of partitions) if (p.offset !== '-1') parts.push(`${topic}-${p.partition}=${p.offset}${p.metadata || ''}`)
    }
    return `{${parts.sort().join(', ')}}`
  }
  const listed = (await client.listGroups()).groups.map(g => g.groupId)
  const described = await client.describeGroups([group])
  say('group', listed.includes(group), described.groups[0].state)
  say('offsets', await offsets())
  const partitions = [{ partition: 0, offset: '4' }]
  say('reset', await result(() => client.setOffsets({ groupId: group, topic: given, partitions })))
  say('offsets', await offsets())
}

async function deletions(client, given, fresh, group) {
  const low = async () => (await client.fetchTopicOffsets(given))[0].low
  await client.deleteTopicRecords({ topic: given, partitions: [{ partition: 0, offset: '3' }] })
  say('records', await low())
  say('delete group', await result(() => client.deleteGroups([group])))
  say('delete group', await result(() => client.deleteGroups([group])))
  say('delete', await result(() => client.deleteTopics({ topics: [fresh] })))
  say('delete', await result(() => client.deleteTopics({ topics: [fresh] })))
}

async function admin(kafka, props, [given, fresh, group]) {
  const client = kafka.admin({ retry: { retries: 0 } })
  await client.connect()
  const { brokers, controller } = await client.describeCluster()
  say('cluster', brokers.length, controller)
  await topics(client, fresh)
  await groups(client, given, group)
  await deletions(client, given, fresh, group)
  await client.disconnect()
}

module.exports = { admin }
