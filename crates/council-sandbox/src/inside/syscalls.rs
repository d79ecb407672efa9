//! The calls of the kernel that a program may make: one allow-list, made into one seccomp filter.
//!
//! What is not listed fails with EPERM, as if the program were not allowed to, which it knows how to take. `clone3`
//! fails with ENOSYS, because its flags lie in memory where a filter cannot look; C libraries then use `clone`. A call in
//! the convention of another architecture ends the process.

use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen as Width, SeccompCmpOp as Is, SeccompCondition as Condition,
    SeccompFilter, SeccompRule, sock_filter,
};
use std::collections::BTreeMap;
use std::io;

/// Calls that are allowed with any arguments.
#[rustfmt::skip]
const ALLOWED: &[libc::c_long] = &[
    // Files that are open.
    libc::SYS_read, libc::SYS_write, libc::SYS_readv, libc::SYS_writev, libc::SYS_pread64, libc::SYS_pwrite64,
    libc::SYS_preadv, libc::SYS_pwritev, libc::SYS_preadv2, libc::SYS_pwritev2, libc::SYS_close, libc::SYS_close_range,
    libc::SYS_lseek, libc::SYS_fsync, libc::SYS_fdatasync, libc::SYS_sync_file_range, libc::SYS_ftruncate,
    libc::SYS_fallocate, libc::SYS_fadvise64, libc::SYS_readahead, libc::SYS_copy_file_range, libc::SYS_sendfile,
    libc::SYS_splice, libc::SYS_tee, libc::SYS_dup, libc::SYS_dup3, libc::SYS_fcntl, libc::SYS_flock, libc::SYS_pipe2,
    libc::SYS_fstat, libc::SYS_fstatfs, libc::SYS_fchmod, libc::SYS_fchown, libc::SYS_fchdir, libc::SYS_getdents64,
    libc::SYS_fgetxattr, libc::SYS_flistxattr,
    // Files by name: what may be named is Landlock's and the mounts' business.
    libc::SYS_openat, libc::SYS_openat2, libc::SYS_newfstatat, libc::SYS_statx, libc::SYS_statfs, libc::SYS_truncate,
    libc::SYS_faccessat, libc::SYS_faccessat2, libc::SYS_readlinkat, libc::SYS_getcwd, libc::SYS_chdir,
    libc::SYS_mkdirat, libc::SYS_unlinkat, libc::SYS_renameat, libc::SYS_renameat2, libc::SYS_linkat,
    libc::SYS_symlinkat, libc::SYS_fchmodat, libc::SYS_fchmodat2, libc::SYS_fchownat, libc::SYS_utimensat,
    libc::SYS_umask, libc::SYS_getxattr, libc::SYS_lgetxattr, libc::SYS_listxattr, libc::SYS_llistxattr,
    // Memory.
    libc::SYS_mmap, libc::SYS_mprotect, libc::SYS_munmap, libc::SYS_mremap, libc::SYS_madvise, libc::SYS_msync,
    libc::SYS_mincore, libc::SYS_brk, libc::SYS_mlock, libc::SYS_munlock, libc::SYS_mlockall, libc::SYS_munlockall,
    libc::SYS_membarrier, libc::SYS_pkey_alloc, libc::SYS_pkey_free, libc::SYS_pkey_mprotect,
    // Waiting.
    libc::SYS_pselect6, libc::SYS_ppoll, libc::SYS_epoll_create1, libc::SYS_epoll_ctl, libc::SYS_epoll_pwait,
    libc::SYS_epoll_pwait2, libc::SYS_eventfd2, libc::SYS_timerfd_create, libc::SYS_timerfd_settime,
    libc::SYS_timerfd_gettime, libc::SYS_futex, libc::SYS_nanosleep, libc::SYS_clock_nanosleep,
    libc::SYS_restart_syscall, libc::SYS_sched_yield,
    // Signals.
    libc::SYS_rt_sigaction, libc::SYS_rt_sigprocmask, libc::SYS_rt_sigreturn, libc::SYS_rt_sigpending,
    libc::SYS_rt_sigtimedwait, libc::SYS_rt_sigsuspend, libc::SYS_rt_sigqueueinfo, libc::SYS_rt_tgsigqueueinfo,
    libc::SYS_sigaltstack, libc::SYS_signalfd4, libc::SYS_kill, libc::SYS_tkill, libc::SYS_tgkill,
    libc::SYS_getitimer, libc::SYS_setitimer, libc::SYS_timer_create, libc::SYS_timer_settime,
    libc::SYS_timer_gettime, libc::SYS_timer_getoverrun, libc::SYS_timer_delete,
    // Processes.
    libc::SYS_execve, libc::SYS_exit, libc::SYS_exit_group, libc::SYS_wait4, libc::SYS_waitid, libc::SYS_getpid,
    libc::SYS_getppid, libc::SYS_gettid, libc::SYS_getpgid, libc::SYS_setpgid, libc::SYS_getsid, libc::SYS_setsid,
    libc::SYS_getuid, libc::SYS_geteuid, libc::SYS_getgid, libc::SYS_getegid, libc::SYS_getresuid,
    libc::SYS_getresgid, libc::SYS_getgroups, libc::SYS_set_tid_address, libc::SYS_set_robust_list,
    libc::SYS_get_robust_list, libc::SYS_rseq, libc::SYS_capget, libc::SYS_getpriority, libc::SYS_getrusage,
    libc::SYS_sched_getaffinity, libc::SYS_sched_getparam, libc::SYS_sched_getscheduler,
    libc::SYS_sched_get_priority_max, libc::SYS_sched_get_priority_min,
    libc::SYS_getcpu, libc::SYS_setrlimit, libc::SYS_getrlimit,
    // What time it is, and what is this machine.
    libc::SYS_clock_gettime, libc::SYS_clock_getres, libc::SYS_gettimeofday, libc::SYS_times, libc::SYS_uname,
    libc::SYS_sysinfo, libc::SYS_getrandom,
    // Sockets that are there: of which kind, `socket` decides.
    libc::SYS_bind, libc::SYS_connect, libc::SYS_listen, libc::SYS_accept, libc::SYS_accept4, libc::SYS_getsockname,
    libc::SYS_getpeername, libc::SYS_sendto, libc::SYS_recvfrom, libc::SYS_sendmsg, libc::SYS_recvmsg,
    libc::SYS_sendmmsg, libc::SYS_recvmmsg, libc::SYS_shutdown, libc::SYS_getsockopt,
];

/// Older forms of the same, which only this architecture has.
#[cfg(target_arch = "x86_64")]
#[rustfmt::skip]
const ALLOWED_HERE: &[libc::c_long] = &[
    libc::SYS_open, libc::SYS_creat, libc::SYS_stat, libc::SYS_lstat, libc::SYS_access, libc::SYS_readlink,
    libc::SYS_mkdir, libc::SYS_rmdir, libc::SYS_unlink, libc::SYS_rename, libc::SYS_link, libc::SYS_symlink,
    libc::SYS_chmod, libc::SYS_chown, libc::SYS_lchown, libc::SYS_utime, libc::SYS_utimes, libc::SYS_futimesat,
    libc::SYS_getdents, libc::SYS_dup2, libc::SYS_pipe, libc::SYS_select, libc::SYS_poll, libc::SYS_epoll_create,
    libc::SYS_epoll_wait, libc::SYS_eventfd, libc::SYS_signalfd, libc::SYS_alarm,
    libc::SYS_pause, libc::SYS_fork, libc::SYS_vfork, libc::SYS_getpgrp, libc::SYS_arch_prctl, libc::SYS_time,
];
#[cfg(not(target_arch = "x86_64"))]
const ALLOWED_HERE: &[libc::c_long] = &[];

/// Requests of `ioctl` about terminals and descriptors that change nothing outside the process.
#[rustfmt::skip]
const IOCTLS: &[u64] = &[
    libc::TCGETS, libc::TCSETS, libc::TCSETSW, libc::TIOCGWINSZ, libc::TIOCGPGRP, libc::TIOCSPGRP, libc::FIONREAD,
    libc::FIONBIO, libc::FIOCLEX, libc::FIONCLEX,
];

/// Options of a socket that concern only its two ends.
#[rustfmt::skip]
const SOCKET_OPTIONS: &[libc::c_int] = &[
    libc::SO_REUSEADDR, libc::SO_REUSEPORT, libc::SO_KEEPALIVE, libc::SO_BROADCAST, libc::SO_OOBINLINE, libc::SO_LINGER,
    libc::SO_PASSCRED, libc::SO_RCVTIMEO, libc::SO_SNDTIMEO, libc::SO_RCVLOWAT, libc::SO_TIMESTAMP,
];

/// Requests of `prctl` about the caller's own name, death signal and the like.
#[rustfmt::skip]
const PRCTLS: &[libc::c_int] = &[
    libc::PR_SET_NAME, libc::PR_GET_NAME, libc::PR_SET_PDEATHSIG, libc::PR_GET_PDEATHSIG, libc::PR_GET_DUMPABLE,
    libc::PR_CAPBSET_READ, libc::PR_GET_SECCOMP, libc::PR_GET_NO_NEW_PRIVS, libc::PR_SET_NO_NEW_PRIVS,
    libc::PR_GET_TIMERSLACK, libc::PR_SET_VMA, libc::PR_GET_SECUREBITS, libc::PR_GET_KEEPCAPS,
];

const NAMESPACES: u64 = (libc::CLONE_NEWNS | libc::CLONE_NEWCGROUP | libc::CLONE_NEWUTS | libc::CLONE_NEWIPC)
    as u64
    | (libc::CLONE_NEWUSER | libc::CLONE_NEWPID | libc::CLONE_NEWNET) as u64;

fn when(argument: u8, operator: Is, value: u64) -> Result<SeccompRule, seccompiler::BackendError> {
    // The kernel reads these arguments as 32 bits, whatever stands above them.
    SeccompRule::new(vec![Condition::new(argument, Width::Dword, operator, value)?])
}

fn any_of(
    argument: u8,
    values: impl IntoIterator<Item = u64>,
) -> Result<Vec<SeccompRule>, seccompiler::BackendError> {
    values
        .into_iter()
        .map(|value| when(argument, Is::Eq, value & 0xffff_ffff))
        .collect()
}

fn rules(sockets: bool) -> Result<BTreeMap<i64, Vec<SeccompRule>>, seccompiler::BackendError> {
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> = ALLOWED
        .iter()
        .chain(ALLOWED_HERE)
        .map(|&call| (call, Vec::new()))
        .collect();
    rules.insert(libc::SYS_ioctl, any_of(1, IOCTLS.iter().copied())?);
    rules.insert(
        libc::SYS_prctl,
        any_of(0, PRCTLS.iter().map(|&option| option as u64))?,
    );
    rules.insert(libc::SYS_clone, vec![when(0, Is::MaskedEq(NAMESPACES), 0)?]);
    // Between the processes of a box only: no address of the network, none of the kernel.
    let local = any_of(0, [libc::AF_UNIX as u64])?;
    if sockets {
        rules.insert(libc::SYS_socket, local.clone());
    }
    rules.insert(libc::SYS_socketpair, local);
    // No buffers beyond the usual, which are memory of the kernel that no limit of a process counts (`watch` counts
    // sockets); no packet filters, which the kernel would compile.
    let options = SOCKET_OPTIONS.iter().map(|&option| {
        let level = Condition::new(1, Width::Dword, Is::Eq, libc::SOL_SOCKET as u64)?;
        SeccompRule::new(vec![
            level,
            Condition::new(2, Width::Dword, Is::Eq, option as u64)?,
        ])
    });
    rules.insert(libc::SYS_setsockopt, options.collect::<Result<_, _>>()?);
    // Its own limits, which it can lower; those of pid 1, which has the same user where the helper is no root, not.
    rules.insert(libc::SYS_prlimit64, any_of(0, [0])?);
    rules.insert(libc::SYS_sched_setaffinity, any_of(0, [0])?);
    // Pipes with a name; no devices.
    let pipe = |argument| {
        when(
            argument,
            Is::MaskedEq(u64::from(libc::S_IFMT)),
            u64::from(libc::S_IFIFO),
        )
    };
    rules.insert(libc::SYS_mknodat, vec![pipe(2)?]);
    #[cfg(target_arch = "x86_64")]
    rules.insert(libc::SYS_mknod, vec![pipe(1)?]);
    Ok(rules)
}

/// The filter, as the kernel takes it. Without `sockets` a program has only those pairs that it makes itself: Landlock
/// does not hold what a path of a socket leads to.
///
/// # Errors
/// On an architecture for which there is none.
pub(super) fn filter(sockets: bool) -> io::Result<BpfProgram> {
    let invalid = |error: &dyn std::fmt::Display| io::Error::other(format!("seccomp filter: {error}"));
    let arch = std::env::consts::ARCH
        .try_into()
        .map_err(|error| invalid(&error))?;
    let refused = SeccompAction::Errno(libc::EPERM as u32);
    let filter = rules(sockets)
        .and_then(|rules| SeccompFilter::new(rules, refused, SeccompAction::Allow, arch))
        .map_err(|error| invalid(&error))?;
    let rest: BpfProgram = filter.try_into().map_err(|error| invalid(&error))?;
    // seccompiler knows one answer to all that is refused. The number of the call is looked at once more before.
    let step = |code: u32, if_true, if_false, value| sock_filter {
        code: code as u16,
        jt: if_true,
        jf: if_false,
        k: value,
    };
    let mut program = vec![
        step(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS, 0, 0, 0),
        step(
            libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K,
            0,
            1,
            libc::SYS_clone3 as u32,
        ),
        step(
            libc::BPF_RET | libc::BPF_K,
            0,
            0,
            libc::SECCOMP_RET_ERRNO | libc::ENOSYS as u32,
        ),
    ];
    program.extend(rest);
    Ok(program)
}
