using System.Runtime.InteropServices;

namespace Platform.Sandbox.Linux;

/// <summary>The C library calls of the sandbox. Results below zero mean an error in <see cref="Marshal.GetLastPInvokeError"/>; posix_spawn answers its error directly.</summary>
internal static partial class Libc
{
    public const int O_RDONLY = 0, O_WRONLY = 1, O_NONBLOCK = 0x800, O_CLOEXEC = 0x80000;
    public const int F_DUPFD_CLOEXEC = 1030, F_ADD_SEALS = 1033;
    public const int SealAll = 0x1 | 0x2 | 0x4 | 0x8;
    public const uint MFD_CLOEXEC = 1, MFD_ALLOW_SEALING = 2;
    public const short POLLIN = 1;
    public const int SIGKILL = 9, SIGTERM = 15, SIGSYS = 31;
    public const int ESRCH = 3, EINTR = 4;
    public const int PR_SET_CHILD_SUBREAPER = 36;
    public const int RLIMIT_FSIZE = 1, RLIMIT_DATA = 2, RLIMIT_CORE = 4, RLIMIT_NPROC = 6, RLIMIT_NOFILE = 7;
    public const int WNOHANG = 1, WaitAnyKind = 0x40000000;
    public const int EFD_CLOEXEC = 0x80000;

    // O_DIRECTORY and O_NOFOLLOW are two of the few flags whose values differ between x86-64 and arm64.
    public static readonly int O_DIRECTORY = IsArm ? 0x4000 : 0x10000;
    public static readonly int O_NOFOLLOW = IsArm ? 0x8000 : 0x20000;

    private static readonly nint SysSetgroups = IsArm ? 159 : 116;
    private static readonly nint SysSetresuid = IsArm ? 147 : 117;
    private static readonly nint SysSetresgid = IsArm ? 149 : 119;
    private const nint SysPidfdOpen = 434, SysPidfdSendSignal = 424;

    private static bool IsArm => RuntimeInformation.ProcessArchitecture == Architecture.Arm64;

    [StructLayout(LayoutKind.Sequential)]
    public struct PollFd
    {
        public int Fd;
        public short Events;
        public short Returned;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct Limit
    {
        public ulong Soft;
        public ulong Hard;
    }

    /// <summary>struct rusage of 64-bit Linux; the counters after MaxRssKb are not read.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 144)]
    public struct Usage
    {
        public long UserSeconds;
        public long UserMicroseconds;
        public long SystemSeconds;
        public long SystemMicroseconds;
        public long MaxRssKb;

        public readonly double CpuSeconds => UserSeconds + SystemSeconds + ((UserMicroseconds + SystemMicroseconds) / 1e6);
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct Timespec
    {
        public long Seconds;
        public long Nanoseconds;
    }

    [LibraryImport("libc", SetLastError = true)]
    public static unsafe partial int pipe2(int* ends, int flags);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int eventfd(uint initial, int flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int memfd_create(string name, uint flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int open(string path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int close(int fd);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int fcntl(int fd, int command, nint argument);

    [LibraryImport("libc", SetLastError = true)]
    public static unsafe partial nint read(int fd, byte* buffer, nint count);

    [LibraryImport("libc", SetLastError = true)]
    public static unsafe partial nint write(int fd, byte* buffer, nint count);

    [LibraryImport("libc", SetLastError = true)]
    public static unsafe partial nint pwrite(int fd, byte* buffer, nint count, long offset);

    [LibraryImport("libc", SetLastError = true)]
    public static partial long lseek(int fd, long offset, int whence);

    [LibraryImport("libc", SetLastError = true)]
    public static unsafe partial int poll(PollFd* fds, nuint count, int milliseconds);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int kill(int pid, int signal);

    [LibraryImport("libc", SetLastError = true)]
    public static unsafe partial int wait4(int pid, int* status, int options, Usage* usage);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int prctl(int option, nuint a, nuint b, nuint c, nuint d);

    [LibraryImport("libc", SetLastError = true)]
    public static unsafe partial int prlimit(int pid, int resource, Limit* limit, Limit* old);

    [LibraryImport("libc", SetLastError = true)]
    public static unsafe partial int clock_gettime(int clock, Timespec* time);

    [LibraryImport("libc")]
    public static partial uint geteuid();

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int lchown(string path, uint owner, uint group);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static unsafe partial nint getxattr(string path, string name, void* value, nint size);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    public static unsafe partial int posix_spawn(int* pid, string path, void* actions, void* attributes, byte** arguments, byte** environment);

    [LibraryImport("libc")]
    public static unsafe partial int posix_spawn_file_actions_init(void* actions);

    [LibraryImport("libc")]
    public static unsafe partial int posix_spawn_file_actions_destroy(void* actions);

    [LibraryImport("libc")]
    public static unsafe partial int posix_spawn_file_actions_adddup2(void* actions, int fd, int target);

    [LibraryImport("libc")]
    public static unsafe partial int posix_spawn_file_actions_addclosefrom_np(void* actions, int from);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    public static unsafe partial int posix_spawn_file_actions_addchdir_np(void* actions, string path);

    [LibraryImport("libc")]
    public static unsafe partial int posix_spawnattr_init(void* attributes);

    [LibraryImport("libc")]
    public static unsafe partial int posix_spawnattr_destroy(void* attributes);

    [LibraryImport("libc")]
    public static unsafe partial int posix_spawnattr_setflags(void* attributes, short flags);

    [LibraryImport("libc")]
    public static unsafe partial int posix_spawnattr_setsigmask(void* attributes, void* set);

    [LibraryImport("libc")]
    public static unsafe partial int posix_spawnattr_setsigdefault(void* attributes, void* set);

    [LibraryImport("libc")]
    public static unsafe partial int sigemptyset(void* set);

    [LibraryImport("libc")]
    public static unsafe partial int sigfillset(void* set);

    public static int pidfd_open(int pid) => (int)syscall(SysPidfdOpen, pid, 0, 0, 0);

    public static bool SignalProcess(int pidfd, int signal) => syscall(SysPidfdSendSignal, pidfd, signal, 0, 0) == 0; // the kernel refuses flags that it does not know

    // The C library's setres*id change every thread of the process; the bare system calls change the calling thread only.
    public static bool SetThreadUser(uint real, uint effective, uint saved) => syscall(SysSetresuid, (nint)real, (nint)effective, (nint)saved, 0) == 0;

    public static bool SetThreadGroup(uint real, uint effective, uint saved) => syscall(SysSetresgid, (nint)real, (nint)effective, (nint)saved, 0) == 0;

    public static bool ClearThreadGroups() => syscall(SysSetgroups, 0, 0, 0, 0) == 0;

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint syscall(nint number, nint a, nint b, nint c, nint d); // what a call does not take is 0: a register not set holds anything
}
