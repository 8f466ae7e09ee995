#!/bin/sh
# Boots systemd over this machine's own tree: `boot.sh FOLDER PYTHON PACKAGES SOURCE`.
#
# Runs as root in namespaces of its own (mounts, processes, cgroups). What is written goes into a
# tmpfs; the unit of this repository is installed where docs/operations.md puts it.
set -eu
folder=$1 python=$2 packages=$3 source=$4

mount --make-rprivate /
mount -t tmpfs tmpfs "$folder"
root=$folder/root
mkdir "$folder/upper" "$folder/work" "$root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$folder/upper,workdir=$folder/work" "$root"
mount -t proc proc "$root/proc"
# The kernel is not ours to set up.
mount --bind "$root/proc/sys" "$root/proc/sys"
mount -o remount,bind,ro "$root/proc/sys"
mount -t sysfs -o ro sysfs "$root/sys"
mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
mount --rbind /dev "$root/dev"
mount -t tmpfs tmpfs "$root/run"
mount -t tmpfs tmpfs "$root/tmp"

units=$root/etc/systemd/system
rm -rf "$units" "$root/var/log/journal"
mkdir -p "$units" "$root/etc/wechat-scheduler"
cp "$source/wechat-scheduler.service" "$source/contrib/wechat-scheduler.socket" "$units"
cat >"$units/endurance.target" <<UNIT
[Unit]
Requires=basic.target dbus.socket
After=basic.target
UNIT

here=$root/opt/wechat-scheduler
mkdir -p "$here/bin" "$here/python" "$here/packages" "$here/source"
mount --bind "$python" "$here/python"
mount --bind "$packages" "$here/packages"
mkdir "$here/source/wechat_scheduler"
mount --bind "$source/wechat_scheduler" "$here/source/wechat_scheduler"
cat >"$here/bin/wechat-scheduler" <<'PROGRAM'
#!/bin/sh
at=/opt/wechat-scheduler
export LD_LIBRARY_PATH=$at/python/lib PYTHONPATH=$at/source:$at/packages
exec $at/python/bin/python3 -m wechat_scheduler "$@"
PROGRAM
chmod 755 "$here" "$here"/* "$here/bin/wechat-scheduler" "$root/etc/wechat-scheduler"

cd "$root"
pivot_root . mnt
umount -l /mnt
exec env -i container=endurance PATH=/usr/sbin:/usr/bin:/sbin:/bin \
    /lib/systemd/systemd --system --unit=endurance.target
