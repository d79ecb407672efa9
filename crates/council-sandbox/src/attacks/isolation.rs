//! Probes: what a program could read, reach, change or become.

use super::attack::{Attack, Group, Other};

const fn environment(name: &'static str, harm: &'static str) -> Attack {
    Attack::probe(Group::Environment, name, harm)
}

const fn files(name: &'static str, harm: &'static str) -> Attack {
    Attack::probe(Group::Files, name, harm)
}

const fn namespaces(name: &'static str, harm: &'static str) -> Attack {
    Attack::probe(Group::Namespaces, name, harm)
}

const fn kernel(name: &'static str, harm: &'static str) -> Attack {
    Attack::probe(Group::Kernel, name, harm)
}

const fn network(name: &'static str, harm: &'static str) -> Attack {
    Attack::probe(Group::Network, name, harm)
}

const fn processes(name: &'static str, harm: &'static str) -> Attack {
    Attack::probe(Group::Processes, name, harm)
}

/// After a run that left things.
const fn after(name: &'static str, harm: &'static str) -> Attack {
    Attack::probe(Group::Neighbours, name, harm).other(Other::Before("leave_things"))
}

/// While another run goes on.
const fn beside(name: &'static str, harm: &'static str) -> Attack {
    Attack::probe(Group::Neighbours, name, harm).other(Other::Beside("stay"))
}

pub(super) const ENVIRONMENT: &[Attack] = &[
    environment(
        "environment_secrets",
        "Keys and passwords in the server's environment would be the program's.",
    ),
    environment(
        "environment_block",
        "They would stand in the block that a process starts with.",
    ),
    environment(
        "environments_of_others",
        "They could be read from another process.",
    ),
    environment(
        "secrets_in_memory",
        "They would be left over in the memory of the process.",
    ),
    environment(
        "inherited_descriptors",
        "A file that the server holds open would be the program's.",
    ),
    environment(
        "inherited_folders",
        "An open folder of the server would lead around every wall.",
    ),
    environment("host_name", "The program would know which machine it is on."),
    environment(
        "machine_id",
        "The program would know which machine it is on, for good.",
    )
    .may_fail("this host has no machine id"),
    environment(
        "boot_id",
        "Two programs would know that they are on the same machine.",
    ),
    environment(
        "working_folder",
        "The folder that the server runs in would be there.",
    ),
    environment("mount_table", "Disks and paths of the host would be listed."),
    environment(
        "command_lines",
        "Command lines of the host, with whatever they carry, could be read.",
    ),
    environment("kernel_command_line", "How the host boots would be told."),
    environment("user_names", "The host's users would be listed."),
    environment(
        "parent_is_the_host",
        "The server would be the program's parent, in reach of its signals.",
    ),
    environment(
        "control_group_path",
        "Which service or container runs the server would be told.",
    )
    .may_fail("the server is in the root group of this host"),
    environment(
        "terminal",
        "The terminal of whoever started the server would be the program's.",
    )
    .may_fail("tests have no terminal"),
];

pub(super) const FILES: &[Attack] = &[
    files("host_tmp", "Files in the host's /tmp could be read."),
    files("host_var_tmp", "Files in the host's /var/tmp could be read."),
    files(
        "host_shared_memory",
        "Shared memory of other programs could be read.",
    ),
    files("symbolic_link_to_host", "A link would lead out of the box."),
    files(
        "hard_link_to_host",
        "A file of the host would become the program's own.",
    ),
    files("write_host_file", "Files of the host could be changed."),
    files(
        "root_of_others",
        "Another process's root would lead out of the box.",
    ),
    files(
        "own_root_link",
        "The links of its own process would lead out of the box.",
    ),
    files("above_the_root", "The root would have something above it."),
    files("host_root", "The host's root would be the program's."),
    files("host_etc", "The host's settings could be read."),
    files("host_var", "The host's data and logs could be read."),
    files("host_run", "Sockets of the host's services would be in reach."),
    files(
        "host_sys",
        "The host's devices and kernel objects would be listed.",
    ),
    files("home_folders", "The files of the host's users would be there."),
    files("password_hashes", "The host's password hashes would be there."),
    files("other_folders", "Other folders of the host would be there."),
    files(
        "control_group_files",
        "Limits and groups of the host could be read.",
    ),
    files(
        "system_sockets",
        "Services that do as they are told would answer.",
    )
    .may_fail("no such service answers an ordinary user here"),
    files("kernel_settings", "Settings of the kernel could be changed."),
    files(
        "kernel_triggers",
        "The host could be restarted, or made to run a program.",
    )
    .may_fail("root's alone on every host"),
    files("kernel_tables", "Tables of the kernel could be read."),
    files("kernel_log", "The kernel's log could be read.")
        .may_fail("kernel.dmesg_restrict keeps it from ordinary users"),
    files("init_process", "The host's first process would be seen."),
    files("host_process", "Processes of the host would be seen."),
    files("device_nodes", "Devices of the host would be there."),
    files(
        "block_devices",
        "The host's disks could be read past every permission.",
    )
    .may_fail("root's alone on every host"),
    files("make_device_node", "A program could make itself a device.").may_fail("root's alone on every host"),
    files(
        "own_interpreter",
        "The program that runs it could be replaced for the next one.",
    )
    .may_fail("its owner is root"),
    files("system_folders", "Programs of the system could be replaced.").may_fail("their owner is root"),
    files(
        "lock_system_file",
        "Programs of the host that wait for a lock would wait for the program.",
    ),
    files(
        "setuid_programs",
        "A program that makes its caller root would do so.",
    ),
    files("run_from_tmp", "A program that was written to /tmp could be run."),
    files(
        "run_from_own_folder",
        "A program that was written to the own folder could be run.",
    ),
    files(
        "run_from_shared_memory",
        "A program that was written to shared memory could be run.",
    ),
    files(
        "run_through_loader",
        "The loader would run what the kernel does not.",
    ),
];

pub(super) const NAMESPACES: &[Attack] = &[
    namespaces("shares_user", "Users inside would be users outside."),
    namespaces("shares_mounts", "Mounts would be those of the host."),
    namespaces("shares_processes", "Process numbers would be those of the host."),
    namespaces("shares_network", "The network would be that of the host."),
    namespaces(
        "shares_ipc",
        "Queues and shared memory would be those of the host.",
    ),
    namespaces("shares_names", "The host's name would be seen."),
    namespaces(
        "shares_control_groups",
        "The host's control groups would be seen.",
    ),
    namespaces(
        "unshare_user",
        "A program would become root of a part of the kernel.",
    ),
    namespaces(
        "unshare_mounts",
        "A program would get the kernel's code for mounts.",
    ),
    namespaces(
        "unshare_network",
        "A program would get the kernel's code for networks.",
    ),
    namespaces("unshare_rest", "A program would become root of other namespaces."),
    namespaces("clone_user", "The same through a child."),
    namespaces("clone3_user", "The same through the newer call."),
    namespaces("enter_own_namespace", "A program could change its namespaces."),
    namespaces(
        "enter_hosts_namespaces",
        "A program could enter the host's namespaces.",
    ),
    namespaces(
        "mount_tmpfs",
        "A program could put something else in place of a folder.",
    ),
    namespaces("bind_mount", "What is covered could be made visible elsewhere."),
    namespaces("remount_writable", "What is read-only could be made writable."),
    namespaces("unmount", "What is covered could be uncovered."),
    namespaces("pivot_root", "The root could be exchanged."),
    namespaces(
        "change_root",
        "The root could be moved, and with it what a privileged program trusts.",
    ),
    namespaces("open_tree", "Mounts could be held by descriptors."),
    namespaces("clone_tree", "Mounts could be copied without a place."),
    namespaces(
        "open_file_system",
        "A file system could be made by the newer calls.",
    ),
    namespaces("configure_file_system", "The same, at the next step."),
    namespaces("move_mount", "Mounts could be moved."),
    namespaces("change_mount", "Mounts could lose their restrictions."),
    namespaces("list_mounts", "Mounts could be listed past /proc.").may_fail("the kernel is older than 6.8"),
    namespaces("set_host_name", "A name could be set."),
];

pub(super) const KERNEL: &[Attack] = &[
    kernel("session_keyring", "Keys of the user's session would be in reach."),
    kernel("add_key", "Keys could be left in the kernel."),
    kernel(
        "request_key",
        "The kernel would start a program of the host to find a key.",
    ),
    kernel("load_bpf", "The kernel's interpreter would be in reach.")
        .may_fail("before 6.4 every use of it is refused to ordinary users"),
    kernel(
        "performance_events",
        "Counters that tell of other programs could be read.",
    )
    .may_fail("kernel.perf_event_paranoid may be above 2"),
    kernel("io_uring", "Calls would be made past every filter.")
        .may_fail("kernel.io_uring_disabled may be set"),
    kernel(
        "user_page_faults",
        "A program could hold the kernel in the middle of a call.",
    )
    .may_fail("a kernel may lack it"),
    kernel("load_module", "Code could be put into the kernel.").may_fail("root's alone on every host"),
    kernel("load_kernel", "Another kernel could be started.").may_fail("root's alone on every host"),
    kernel("reboot", "The host could be restarted.").may_fail("root's alone on every host"),
    kernel(
        "fixed_addresses",
        "Programs that it starts would lie at known addresses.",
    ),
    kernel(
        "local_descriptor_table",
        "Old code of the processor's segments would be in reach.",
    ),
    kernel(
        "compare_processes",
        "Addresses of kernel objects could be told apart.",
    ),
    kernel(
        "copy_descriptor",
        "Descriptors could be copied between processes.",
    ),
    kernel("read_memory_by_call", "Memory of other processes could be read."),
    kernel(
        "write_memory_by_call",
        "Memory of other processes could be written.",
    ),
    kernel("trace_a_child", "The code for tracing would be in reach."),
    kernel(
        "secret_memory",
        "Memory could be hidden from the kernel, and kept from being swapped.",
    )
    .may_fail("a kernel may have it switched off"),
    kernel("quotas", "The code for quotas would be in reach.").may_fail("a kernel may lack it"),
    kernel("quotas_by_descriptor", "The same by a descriptor.").may_fail("a kernel may lack it"),
    kernel(
        "give_pages_to_a_pipe",
        "Pages could be changed after they were checked.",
    ),
    kernel("file_handles", "Files could be named past their folders."),
    kernel(
        "open_by_handle",
        "Files could be opened past every folder, as containers once were escaped.",
    )
    .may_fail("root's alone on every host"),
    kernel(
        "x32_calls",
        "A second table of calls would pass a filter of the first.",
    )
    .may_fail("few kernels have it"),
    kernel(
        "calls_of_32_bits",
        "The table of 32-bit calls would pass a filter of the others.",
    ),
    kernel(
        "socket_filter",
        "The compiler for packet filters would be in reach.",
    ),
    kernel("unnamed_calls", "Calls that the filter does not know would pass.")
        .may_fail("no kernel knows these numbers"),
    kernel("newest_calls", "Calls that are newer than the filter would pass.")
        .may_fail("the kernel is older than 6.8"),
    kernel("oldest_calls", "Calls that nobody looks at any more would pass.")
        .may_fail("a kernel may lack them"),
    kernel("ports_of_devices", "Devices could be driven directly.").may_fail("a kernel may lack it"),
    kernel("set_clock", "The host's clock could be set."),
    kernel("move_pages", "Pages of other processes could be moved.").may_fail("a kernel may lack it"),
    kernel("watch_file_systems", "All of a file system could be watched.")
        .may_fail("before 5.13 it was root's alone"),
    kernel("advise_others", "Memory of other processes could be thrown out."),
    kernel(
        "accounting_and_swap",
        "The host's records and swap could be changed.",
    )
    .may_fail("root's alone on every host"),
];

pub(super) const NETWORK: &[Attack] = &[
    network(
        "tcp_to_host",
        "Services on the host's loopback address would answer, databases among them.",
    ),
    network("tcp6_to_host", "The same over IPv6."),
    network("udp_to_host", "The same over UDP."),
    network("udp6_to_host", "The same over UDP and IPv6."),
    network(
        "fast_open_to_host",
        "A connection would be made without the call that is watched.",
    ),
    network(
        "multipath_to_host",
        "A connection would be made through a protocol that is not watched.",
    )
    .may_fail("a kernel may lack it"),
    network(
        "abstract_socket",
        "Services with a name instead of a file would answer.",
    ),
    network("path_socket", "Services with a socket file would answer."),
    network(
        "abstract_datagrams",
        "Services with a name instead of a file would take messages.",
    ),
    network(
        "path_datagrams",
        "Services with a socket file would take messages.",
    ),
    network("port_is_taken", "The program's ports would be the host's."),
    network("raw_socket", "Packets could be made by hand."),
    network("packet_socket", "Everyone's packets could be read."),
    network(
        "netlink",
        "Tables of the network could be read, and much code of the kernel reached.",
    ),
    network("netfilter", "The code of the packet filter would be in reach."),
    network("vsock", "The machine that this one runs on would be in reach.").may_fail("a kernel may lack it"),
    network(
        "other_families",
        "Code of networks that nobody has would be in reach.",
    )
    .may_fail("a kernel may have none of them"),
    network("route_out", "Data would have a way to leave.").may_fail("this host has no way out itself"),
    network("name_server", "Data would leave inside of names.")
        .may_fail("this host has no name server that answers"),
    network(
        "cloud_metadata",
        "Credentials of a cloud machine would be handed out.",
    )
    .may_fail("this host has no way out itself"),
    network("interfaces", "The host's network cards would be listed.").may_fail("this host has none"),
    network("socket_tables", "The host's connections would be listed."),
];

pub(super) const PROCESSES: &[Attack] = &[
    processes("signal_to_host", "Processes of the host could be ended."),
    processes("signal_by_descriptor", "The same through a descriptor."),
    processes("signal_to_group", "The same for a whole group."),
    processes("trace_host", "Processes of the host could be steered.")
        .may_fail("Yama may keep it to children"),
    processes(
        "read_host_memory",
        "Memory of the host's processes could be read.",
    )
    .may_fail("Yama may keep it to children"),
    processes("open_host_memory", "The same through /proc.").may_fail("Yama may keep it to children"),
    processes(
        "steal_descriptor",
        "Files that the host's processes hold open could be taken.",
    )
    .may_fail("Yama may keep it to children"),
    processes(
        "descriptors_of_host",
        "Files that the host's processes hold open would be listed.",
    ),
    processes(
        "limits_of_host",
        "Limits of the host's processes could be changed.",
    ),
    processes(
        "priority_of_host",
        "Priorities of the host's processes could be changed.",
    ),
    processes("raise_limits", "A program could lift its limits.").may_fail("root's alone on every host"),
    processes(
        "missing_limits",
        "Files, memory images or locked memory would have no limit.",
    ),
    processes(
        "memory_image",
        "A crash would hand the memory to a program of the host.",
    )
    .may_fail("limits of the host may forbid it"),
    processes(
        "type_into_terminal",
        "A command could be typed into the user's shell.",
    )
    .may_fail("dev.tty.legacy_tiocsti may be 0"),
    processes(
        "shared_memory_segments",
        "Shared memory of the host could be read.",
    ),
    processes("semaphores", "Semaphores of the host could be changed."),
    processes("message_queues", "Messages of the host could be read."),
    processes("posix_queues", "Messages of the host could be read."),
    processes("capabilities", "A program would have rights of root.").may_fail("an ordinary user has none"),
    processes(
        "capabilities_to_come",
        "A program that it starts could gain rights of root.",
    ),
    processes("new_privileges", "A program that it starts could gain rights."),
    processes("no_call_filter", "Every call of the kernel would be in reach."),
    processes("is_root", "A program would be root wherever a wall has a hole.")
        .may_fail("the control run is an ordinary user"),
    processes("become_another_user", "A program could become another user.")
        .may_fail("root's alone on every host"),
    processes(
        "raise_priority",
        "A program would go before everything on the host.",
    )
    .may_fail("limits of the host forbid it to ordinary users"),
];

pub(super) const NEIGHBOURS: &[Attack] = &[
    after("left_files", "Files of the run before would be there."),
    after(
        "left_processes",
        "A process of the run before would still be there.",
    ),
    beside(
        "neighbours_files",
        "Files of a run at the same time would be there.",
    ),
    beside(
        "neighbours_processes",
        "Processes of a run at the same time would be seen.",
    ),
    beside(
        "neighbours_memory",
        "Memory of a run at the same time could be read.",
    ),
    beside("neighbours_signals", "A run could end another one."),
    beside("neighbours_socket", "A run could talk to another one by name."),
    beside("neighbours_port", "A run could talk to another one by port."),
    beside("neighbours_segment", "A run could share memory with another one."),
];
