# Becomes an engine: process 1 of fresh mount, UTS and PID namespaces calls this with
#   ROOT  the folder that the engine shall see as /
#   RUN   the folder that it shall see as /run/engine
#   NAME  its host name
#   and the command to become.
set -e
root=$1 run=$2 name=$3
shift 3

# /proc is still the machine's, so this says who we are to the machine, and since when.
read -r stat </proc/self/stat
echo "$stat" >"$run/init.stat"

hostname "$name"
mount --bind "$root" "$root"
cd "$root"
mount -t proc proc proc
# /sys is made anew, since it shows the network namespace of whoever mounts it; the control groups are kept.
mount -t sysfs sysfs sys
mount --rbind /sys/fs/cgroup sys/fs/cgroup
# On a machine with both kinds of control groups, podman would take the unified ones for usable.
umount sys/fs/cgroup/unified 2>/dev/null || true
mount --rbind /dev dev
# A folder that a test makes can be mounted into a container under the same path.
mount --rbind /tmp tmp
mount -t tmpfs tmpfs run
mkdir run/engine
mount --bind "$run" run/engine
pivot_root . old
umount -l /old
exec "$@"
