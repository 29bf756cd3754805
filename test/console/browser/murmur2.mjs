// The hash of Java's default partitioner, written once more, so that what the page
// shows is compared with something.

/** murmur2 of a text, as a signed 32-bit number (org.apache.kafka.common.utils.Utils). */
export function murmur2(text) {
  const data = new TextEncoder().encode(text);
  const m = 0x5bd1e995;
  let h = 0x9747b28c ^ data.length;
  let at = 0;
  for (; data.length - at >= 4; at += 4) {
    let k = data[at] | (data[at + 1] << 8) | (data[at + 2] << 16) | (data[at + 3] << 24);
    k = Math.imul(k, m);
    k ^= k >>> 24;
    h = Math.imul(h, m) ^ Math.imul(k, m);
  }
  const rest = data.length - at;
  if (rest > 2) h ^= data[at + 2] << 16;
  if (rest > 1) h ^= data[at + 1] << 8;
  if (rest > 0) h = Math.imul(h ^ data[at], m);
  h ^= h >>> 13;
  h = Math.imul(h, m);
  return (h ^ (h >>> 15)) | 0;
}
