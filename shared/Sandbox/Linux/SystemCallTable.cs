using System.Runtime.InteropServices;

namespace Platform.Sandbox.Linux;

/// <summary>Numbers of the filtered system calls on one architecture (from the kernel's syscall tables; calls from 424 on have the same number everywhere).</summary>
internal sealed class SystemCallTable
{
    // mount API: open_tree, move_mount, fsopen, fsconfig, fsmount, fspick, mount_setattr, open_tree_attr; pidfd_getfd
    private static readonly uint[] KilledEverywhere = [428, 429, 430, 431, 432, 433, 442, 467, 438];

    // io_uring_setup, io_uring_enter, io_uring_register, clone3 (its flags are in memory, where a filter cannot look), memfd_secret
    private static readonly uint[] NoSuchCallEverywhere = [425, 426, 427, 435, 447];

    public required uint AuditArchitecture { get; init; }

    /// <summary>Call numbers from here on belong to a second calling convention (x32), which would slip past the filter.</summary>
    public uint? ForeignNumbers { get; init; }

    public required uint[] Killed { get; init; }
    public required uint[] NotPermitted { get; init; }
    public required uint[] NoSuchCall { get; init; }
    public required uint[] AnonymousMemory { get; init; }
    public required uint Clone { get; init; }
    public required uint Ioctl { get; init; }
    public required uint Socket { get; init; }

    public static SystemCallTable? For(Architecture architecture) => architecture switch
    {
        Architecture.X64 => X64,
        Architecture.Arm64 => Arm64,
        _ => null,
    };

    private static SystemCallTable X64 => new()
    {
        AuditArchitecture = 0xC000003E,
        ForeignNumbers = 0x40000000,
        Killed =
        [
            .. KilledEverywhere,
            165, 166, 155, // mount, umount2, pivot_root
            101, 310, 311, // ptrace, process_vm_readv, process_vm_writev
            246, 320, 169, 167, 168, // kexec_load, kexec_file_load, reboot, swapon, swapoff
            175, 313, 176, 174, // init_module, finit_module, delete_module, create_module
            321, 304, 308, 172, 173, // bpf, open_by_handle_at, setns, iopl, ioperm
        ],
        NotPermitted =
        [
            272, 298, 323, 303, // unshare, perf_event_open, userfaultfd, name_to_handle_at
            164, 227, 159, 305, // settimeofday, clock_settime, adjtimex, clock_adjtime
            163, 103, 179, 443, 170, 171, 153, // acct, syslog, quotactl, quotactl_fd, sethostname, setdomainname, vhangup
            300, 301, 312, 154, 134, // fanotify_init, fanotify_mark, kcmp, modify_ldt, uselib
            256, 279, // migrate_pages, move_pages
        ],
        NoSuchCall = [.. NoSuchCallEverywhere, 248, 249, 250, 212, 180, 156], // add_key, request_key, keyctl, lookup_dcookie, nfsservctl, _sysctl
        AnonymousMemory = [319, 29], // memfd_create, shmget
        Clone = 56,
        Ioctl = 16,
        Socket = 41,
    };

    private static SystemCallTable Arm64 => new()
    {
        AuditArchitecture = 0xC00000B7,
        Killed =
        [
            .. KilledEverywhere,
            40, 39, 41, // mount, umount2, pivot_root
            117, 270, 271, // ptrace, process_vm_readv, process_vm_writev
            104, 294, 142, 224, 225, // kexec_load, kexec_file_load, reboot, swapon, swapoff
            105, 273, 106, // init_module, finit_module, delete_module
            280, 265, 268, // bpf, open_by_handle_at, setns
        ],
        NotPermitted =
        [
            97, 241, 282, 264, // unshare, perf_event_open, userfaultfd, name_to_handle_at
            170, 112, 171, 266, // settimeofday, clock_settime, adjtimex, clock_adjtime
            89, 116, 60, 443, 161, 162, 58, // acct, syslog, quotactl, quotactl_fd, sethostname, setdomainname, vhangup
            262, 263, 272, 238, 239, // fanotify_init, fanotify_mark, kcmp, migrate_pages, move_pages
        ],
        NoSuchCall = [.. NoSuchCallEverywhere, 217, 218, 219, 18, 42], // add_key, request_key, keyctl, lookup_dcookie, nfsservctl
        AnonymousMemory = [279, 194], // memfd_create, shmget
        Clone = 220,
        Ioctl = 29,
        Socket = 198,
    };
}
