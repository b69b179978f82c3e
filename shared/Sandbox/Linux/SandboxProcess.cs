using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace Platform.Sandbox.Linux;

/// <summary>The kernel's side of one run: start, release, signals, death and usage. Used by one thread, which must live as long as the run:
/// bubblewrap dies with the thread that started it (PR_SET_PDEATHSIG).</summary>
internal sealed partial class SandboxProcess(Launch launch, SandboxRun run, ControlGroup? group) : IDisposable
{
    private const int LongestDeath = 10_000;
    private const int BetweenLooks = 2;
    private int _main;
    private int _init;
    private Descriptor? _mainHandle;
    private Descriptor? _initHandle;
    private double _cpuBefore;
    private string _status = "";

    /// <summary>The process that all others of the run descend from; 0 before it exists.</summary>
    public int Root => launch.IsConfined ? _init : _main;

    public int ExitHandle => _mainHandle!.Number;

    public bool IsReady => Root != 0;

    /// <summary>Exit code of the program; null when it never ran or nobody saw its end.</summary>
    public int? ExitCode { get; private set; }

    /// <summary>CPU and memory after <see cref="Reap"/>; null when another reaper took them.</summary>
    public Libc.Usage? Usage { get; private set; }

    /// <summary>Whether a signal ended bubblewrap itself.</summary>
    public bool WasKilled { get; private set; }

    public OutputFolder? Output { get; private set; }

    public void Start()
    {
        group?.Enter();
        try
        {
            _main = HostUsers.As(launch.User, () => ProcessStarter.Start(launch));
        }
        finally
        {
            group?.Leave();
        }
        launch.CloseChild();
        _mainHandle = OpenHandle(_main) ?? throw new Win32Exception("The kernel has no pidfd_open.");
    }

    /// <summary>Reads what bubblewrap reports: first the init's process id, at the end the exit code. False at the end of the reports.</summary>
    public bool ReadStatus()
    {
        Span<byte> buffer = stackalloc byte[512];
        var read = launch.Status!.Read(buffer);
        if (read <= 0)
            return read < 0;
        _status += System.Text.Encoding.ASCII.GetString(buffer[..read]);
        if (_init == 0 && ChildPid().Match(_status) is { Success: true } child)
        {
            _init = int.Parse(child.Groups[1].ValueSpan);
            _initHandle = OpenHandle(_init);
        }
        if (ExitCodeReport().Match(_status) is { Success: true } exit)
            ExitCode = int.Parse(exit.Groups[1].ValueSpan);
        return true;
    }

    /// <summary>Sets the limits that need the process to exist, and lets the program start. False when the sandbox died instead.</summary>
    public bool Release(bool hasProcessGroup, bool hasMemoryGroup)
    {
        group?.Attach(Root);
        if (!launch.IsConfined)
        {
            Output = run.CollectOutput ? OutputFolder.OpenHost($"{launch.WorkFolder}/output") : null;
            return true;
        }
        if (!HostUsers.As(launch.User, () => Limit(hasProcessGroup, hasMemoryGroup)))
            throw new Win32Exception(Marshal.GetLastPInvokeError(), "The limits of the sandbox cannot be set.");
        if (run.CollectOutput && !OpenOutput())
            return false;
        _cpuBefore = CpuSeconds();
        WriteRelease();
        return true;
    }

    /// <summary>The /proc folders of the program's processes; none before the sandbox's own /proc stands.</summary>
    public IEnumerable<string> Members()
    {
        if (!launch.IsConfined)
            return ProcessTree.Descendants(_main).Append(_main).Select(pid => $"/proc/{pid}");
        var root = $"/proc/{_init}/root";
        return Directory.Exists(root + BubblewrapLaunch.Marker(run)) ? ProcessTree.Processes($"{root}/proc").Select(pid => $"{root}/proc/{pid}") : [];
    }

    /// <summary>SIGTERM to every process of the program.</summary>
    public void Terminate()
    {
        if (!launch.IsConfined)
        {
            _ = Libc.kill(-_main, Libc.SIGTERM);
            return;
        }
        foreach (var pid in ProcessTree.Descendants(_init))
            _ = Libc.kill(pid, Libc.SIGTERM);
    }

    /// <summary>SIGKILL to everything: the init's death takes the whole pid namespace along.</summary>
    public void Kill()
    {
        if (_initHandle is not null)
            Libc.SignalProcess(_initHandle.Number, Libc.SIGKILL);
        _ = Libc.kill(launch.IsConfined ? _main : -_main, Libc.SIGKILL);
    }

    public void KillIfStarted()
    {
        if (_main == 0)
            return;
        Kill();
        Reap();
    }

    /// <summary>Waits until nothing of the run is left. The init becomes our child when bubblewrap ends (this process is a child subreaper), so its usage,
    /// which contains that of all its descendants, can be had exactly.</summary>
    public unsafe void Reap()
    {
        while (launch.Status is { } reports && Wait(reports, 0) && ReadStatus())
        {
            // The last report arrives together with the end.
        }
        if (!launch.IsConfined)
            _ = Libc.kill(-_main, Libc.SIGKILL);
        int wait;
        Libc.Usage usage;
        var reaped = WaitFor(_main, 0, &wait, &usage);
        WasKilled = reaped && (wait & 0x7F) != 0;
        if (!launch.IsConfined && reaped)
        {
            Usage = usage;
            ExitCode = (wait & 0x7F) == 0 ? (wait >> 8) & 0xFF : 128 + (wait & 0x7F);
        }
        if (_initHandle is null)
            return;
        Libc.SignalProcess(_initHandle.Number, Libc.SIGKILL);
        // Asked for as well as waited for: the handle alone has been seen to stay silent about an init that had changed its parent.
        var since = Stopwatch.GetTimestamp();
        bool gone;
        do
        {
            gone = Wait(_initHandle, BetweenLooks);
            if (!WaitFor(_init, Libc.WaitAnyKind | Libc.WNOHANG, &wait, &usage))
                continue;
            Usage = usage;
            return;
        }
        while (!gone && Stopwatch.GetElapsedTime(since).TotalMilliseconds < LongestDeath);
    }

    /// <summary>CPU seconds since the release: of the control group, which counts what no parent waited for, or of the waited tree.</summary>
    public double CpuSecondsUsed() => Math.Max(0, (group?.CpuSeconds() ?? Usage?.CpuSeconds ?? 0) - _cpuBefore);

    public void Dispose()
    {
        Output?.Dispose();
        _mainHandle?.Dispose();
        _initHandle?.Dispose();
    }

    private double CpuSeconds() => group?.CpuSeconds() ?? ProcessClock(_init);

    private bool OpenOutput()
    {
        var since = Stopwatch.GetTimestamp();
        while ((Output = OutputFolder.TryOpen(_init, run)) is null)
        {
            if (Wait(_mainHandle!, 1) || Stopwatch.GetElapsedTime(since).TotalMilliseconds > LongestDeath)
                return false;
        }
        return true;
    }

    private unsafe void WriteRelease()
    {
        byte go = 1;
        _ = Libc.write(launch.Release!.Number, &go, 1);
        launch.Release.Dispose();
    }

    // As the sandbox's user: root in a container has no CAP_SYS_RESOURCE over another user's process.
    private bool Limit(bool hasProcessGroup, bool hasMemoryGroup) =>
        Limit(Libc.RLIMIT_NOFILE, (ulong)run.OpenFiles)
        && Limit(Libc.RLIMIT_CORE, 0)
        && (run.MaxFileBytes is not { } largest || Limit(Libc.RLIMIT_FSIZE, (ulong)largest))
        && (hasProcessGroup || Limit(Libc.RLIMIT_NPROC, (ulong)run.MaxProcesses + 1))
        && (hasMemoryGroup || Limit(Libc.RLIMIT_DATA, (ulong)(4 * run.MemoryBytes) + (4UL << 30))); // bounds what one process can take between two looks of the watcher

    private unsafe bool Limit(int resource, ulong value)
    {
        Libc.Limit limit;
        if (Libc.prlimit(_init, resource, null, &limit) == 0 && limit.Hard < value)
            value = limit.Hard;
        limit = new Libc.Limit { Soft = value, Hard = value };
        return Libc.prlimit(_init, resource, &limit, null) == 0 || Marshal.GetLastPInvokeError() == Libc.ESRCH;
    }

    private static Descriptor? OpenHandle(int pid)
    {
        var handle = Libc.pidfd_open(pid);
        return handle < 0 ? null : new Descriptor(handle);
    }

    private static unsafe bool WaitFor(int pid, int options, int* status, Libc.Usage* usage)
    {
        int waited;
        do
        {
            waited = Libc.wait4(pid, status, options, usage);
        }
        while (waited < 0 && Marshal.GetLastPInvokeError() == Libc.EINTR);
        return waited == pid;
    }

    private static unsafe bool Wait(Descriptor handle, int milliseconds)
    {
        var entry = new Libc.PollFd { Fd = handle.Number, Events = Libc.POLLIN };
        return Libc.poll(&entry, 1, milliseconds) > 0;
    }

    // CPUCLOCK_SCHED of another process, see clock_getcpuclockid(3).
    private static unsafe double ProcessClock(int pid)
    {
        Libc.Timespec time;
        return Libc.clock_gettime((~pid << 3) | 2, &time) == 0 ? time.Seconds + (time.Nanoseconds / 1e9) : 0;
    }

    [GeneratedRegex(@"""child-pid"":\s*(\d+)")]
    private static partial Regex ChildPid();

    [GeneratedRegex(@"""exit-code"":\s*(\d+)")]
    private static partial Regex ExitCodeReport();
}
