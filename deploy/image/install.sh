#!/bin/sh
# Puts brolga where programs and files made for Confluent's and Apache's images look
# for Kafka. Runs while the image is built, with the binary in /usr/bin.
set -eu

/usr/bin/brolga help | sed -n 's/^  \(kafka-[a-z0-9-]*\) .*/\1/p' >/tmp/tools
mkdir -p /opt/kafka/bin /opt/kafka/config /opt/kafka/libs
while read -r tool; do
  for dir in /usr/bin /opt/kafka/bin; do
    ln -sf /usr/bin/brolga "$dir/$tool"
    ln -sf /usr/bin/brolga "$dir/$tool.sh"
  done
done </tmp/tools
rm /tmp/tools

# command FILE WORDS…: a file that runs a sub-command of brolga container.
command() {
  file=$1
  shift
  printf '#!/bin/sh\nexec /usr/bin/brolga container %s "$@"\n' "$*" >"$file"
  chmod 755 "$file"
}
mkdir -p /etc/confluent/docker /etc/kafka/docker
command /etc/confluent/docker/run run
command /etc/confluent/docker/configure configure
command /etc/confluent/docker/ensure ensure
command /etc/confluent/docker/launch launch
command /etc/kafka/docker/run run --image apache
for tool in cub dub ub nc; do
  command "/usr/local/bin/$tool" "$tool"
done

# The names are root's, so that its shell can be given to people; the data is the
# broker's. Some start scripts write into the folders of the entry points.
if ! getent passwd appuser >/dev/null; then
  echo 'appuser:x:1000:1000::/home/appuser:/bin/bash' >>/etc/passwd
  echo 'appuser:x:1000:' >>/etc/group
fi
mkdir -p /home/appuser /var/lib/kafka/data /var/lib/zookeeper/data /var/lib/zookeeper/log /etc/kafka/secrets /mnt/shared/config
ln -sf /etc/kafka/kafka.properties /opt/kafka/config/server.properties
chown -R 1000:1000 /home/appuser /var/lib/kafka /var/lib/zookeeper /etc/kafka /etc/confluent /opt/kafka/config
