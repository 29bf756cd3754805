// kafkajs as a peer of the tests; test/compat/peer/driver.go tells the commands
// and the form of records.
'use strict'

const { admin } = require('./admin.js')
const { Kafka, CompressionTypes, CompressionCodecs, Partitioners, logLevel } = require('kafkajs')
const lz4 = require('lz4js')
const xxh = require('lz4js/xxh32.js')
const snappy = require('snappyjs')
const { ZstdCodec } = require('zstd-codec')

const encode = b => (b === null || b === undefined ? '-' : Buffer.from(b).toString('base64'))
const decode = s => (s === '-' ? null : Buffer.from(s, 'base64'))
const say = line => process.stdout.write(line + '\n')

// Snappy comes in two forms: raw, and in the blocks that Java's streams write.
const JAVA_MAGIC = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0])
function unsnappy(buffer) {
  if (!buffer.subarray(0, 8).equals(JAVA_MAGIC)) return Buffer.from(snappy.uncompress(buffer))
  const blocks = []
  for (let at = 16; at < buffer.length; ) {
    const size = buffer.readInt32BE(at)
    blocks.push(Buffer.from(snappy.uncompress(buffer.subarray(at + 4, at + 4 + size))))
    at += 4 + size
  }
  return Buffer.concat(blocks)
}

// lz4js does not say that its blocks are independent, which Kafka insists on.
// One block, all that these tests need, always is.
function lz4frame(buffer) {
  const frame = Buffer.from(lz4.compress(buffer))
  frame[4] |= 0x20
  frame[6] = (xxh.hash(0, frame, 4, 2) >> 8) & 0xff
  return frame
}

function addCodecs() {
  CompressionCodecs[CompressionTypes.Snappy] = () => ({
    compress: async encoder => Buffer.from(snappy.compress(encoder.buffer)),
    decompress: async buffer => unsnappy(buffer),
  })
  CompressionCodecs[CompressionTypes.LZ4] = () => ({
    compress: async encoder => lz4frame(encoder.buffer),
    decompress: async buffer => Buffer.from(lz4.decompress(buffer)),
  })
  return new Promise(resolve =>
    ZstdCodec.run(zstd => {
      const simple = new zstd.Simple()
      const streaming = new zstd.Streaming()
      CompressionCodecs[CompressionTypes.ZSTD] = () => ({
        compress: async encoder => Buffer.from(simple.compress(encoder.buffer)),
        decompress: async buffer => Buffer.from(streaming.decompress(buffer)),
      })
      resolve()
    })
  )
}

const CODECS = { none: 'None', gzip: 'GZIP', snappy: 'Snappy', lz4: 'LZ4', zstd: 'ZSTD' }

function show(topic, partition, m) {
  const headers = []
  for (const [k, v] of Object.entries(m.headers || {})) {
    for (const one of Array.isArray(v) ? v : [v]) headers.push(`${k}=${encode(one)}`)
  }
  return [topic, partition, m.offset, m.timestamp, encode(m.key), encode(m.value), headers.join(';')].join('\t')
}

function message(line) {
  const [partition, timestamp, key, value, headers] = line.split('\t')
  const m = { key: decode(key), value: decode(value), headers: {} }
  if (Number(partition) >= 0) m.partition = Number(partition)
  if (Number(timestamp) >= 0) m.timestamp = timestamp
  for (const h of headers ? headers.split(';') : []) {
    const i = h.indexOf('=')
    const [k, v] = [h.slice(0, i), decode(h.slice(i + 1))]
    m.headers[k] = k in m.headers ? [].concat(m.headers[k], [v]) : v
  }
  return m
}

async function input() {
  const chunks = []
  for await (const c of process.stdin) chunks.push(c)
  return Buffer.concat(chunks).toString().split('\n').filter(Boolean)
}

async function produce(kafka, props, targets) {
  const lines = await input()
  for (const target of targets) {
    const [topic, codec] = target.split(':')
    const producer = kafka.producer({
      createPartitioner: Partitioners.DefaultPartitioner,
      idempotent: props['enable.idempotence'] === 'true',
    })
    await producer.connect()
    try {
      const sent = await producer.send({ topic, compression: CompressionTypes[CODECS[codec]], messages: lines.map(message) })
      for (const s of sent) say(`${s.topicName}\t${s.partition}\t${s.baseOffset}`)
    } catch (e) {
      say(`error\t${e.type || e.name}\t${e.message}`)
    }
    await producer.disconnect()
  }
}

async function consume(kafka, props, [count, group, ...topics]) {
  const consumer = kafka.consumer({ groupId: group === '-' ? `reader-${process.pid}` : group, maxBytes: 32 << 20, maxBytesPerPartition: 8 << 20 })
  await consumer.connect()
  await consumer.subscribe({ topics, fromBeginning: props['auto.offset.reset'] !== 'latest' })
  let left = Number(count)
  await new Promise((resolve, reject) => {
    consumer.on(consumer.events.CRASH, e => reject(e.payload.error))
    consumer.run({
      eachMessage: async ({ topic, partition, message: m }) => {
        if (left-- > 0) say(show(topic, partition, m))
        if (left === 0) resolve()
      },
    })
  })
  await consumer.disconnect()
}

async function join(kafka, props, [group, ...topics]) {
  const consumer = kafka.consumer({
    groupId: group,
    sessionTimeout: Number(props['session.timeout.ms'] || 10000),
    heartbeatInterval: Number(props['heartbeat.interval.ms'] || 500),
    maxWaitTimeInMs: 200, // it sends heartbeats between fetches only
  })
  await consumer.connect()
  consumer.on(consumer.events.GROUP_JOIN, e => {
    const names = []
    for (const [topic, partitions] of Object.entries(e.payload.memberAssignment)) {
      for (const p of partitions) names.push(`${topic}-${p}`)
    }
    say(`assigned\t${names.sort().join(',')}`)
  })
  await consumer.subscribe({ topics, fromBeginning: true })
  await consumer.run({ eachMessage: async ({ topic, partition, message: m }) => say(`record\t${show(topic, partition, m)}`) })
  await input()
  await consumer.disconnect()
}

async function main() {
  const [command, bootstrap, ...args] = process.argv.slice(2)
  const props = {}
  const rest = []
  while (args.length > 0) {
    const arg = args.shift()
    if (arg !== '-P') {
      rest.push(arg)
      continue
    }
    const kv = args.shift()
    props[kv.slice(0, kv.indexOf('='))] = kv.slice(kv.indexOf('=') + 1)
  }
  await addCodecs()
  const kafka = new Kafka({ brokers: bootstrap.split(','), clientId: 'kafkajs', logLevel: logLevel.NOTHING })
  await { produce, consume, join, admin }[command](kafka, props, rest)
}

main().catch(e => {
  console.error(e)
  process.exit(1)
})
