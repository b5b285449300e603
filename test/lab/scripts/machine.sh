#!/bin/sh
# The machine around one engine of the lab. Runs in a fresh mount and UTS namespace, in the host's network namespace:
# gives it a name, a /run and an /etc of its own, and becomes the host's name server, which says "ready" and stays.
# So these last while engines come and go.
# usage: machine.sh NAME ADDRESS FOLDER COMMAND...
set -e
name=$1 address=$2 folder=$3
shift 3

echo "$name" >/proc/sys/kernel/hostname
mount --make-rprivate /
# This copy of the mounts would keep the network namespaces of other labs alive after they are deleted.
umount --recursive --lazy /run/netns 2>/dev/null || true
mount -t tmpfs tmpfs /run
mkdir -p /run/etc/upper /run/etc/work

if mount -t overlay overlay -o lowerdir=/etc,upperdir=/run/etc/upper,workdir=/run/etc/work /etc; then
  mkdir -p /etc/docker
  rm -f /etc/resolv.conf /etc/hosts # they may be links to elsewhere
  echo "nameserver $address" >/etc/resolv.conf
  printf '127.0.0.1 localhost\n%s %s\n' "$address" "$name" >/etc/hosts
else
  echo "no overlay on /etc: its settings are those of the machine that runs the lab" >&2
fi
# Docker 20.10 takes the engine's ID from /etc/docker/key.json; the machine's daemon.json must not apply either.
if [ -d /etc/docker ]; then mount --bind "$folder/etc-docker" /etc/docker; fi

exec "$@"
