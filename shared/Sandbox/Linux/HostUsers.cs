using System.Collections.Concurrent;

namespace Platform.Sandbox.Linux;

/// <summary>The host's user that a sandbox runs as when the platform is root: one unused number per run, so that a run that breaks out of its user
/// namespace is nobody, and runs do not share per-user kernel limits. Without root, runs are the platform's own user.</summary>
internal sealed class HostUsers
{
    private const uint First = 0x70000000;
    private const uint PerProcess = 1024;
    private readonly ConcurrentBag<uint> _free = [];
    private readonly uint _first;
    private readonly bool _available;
    private int _next;

    public HostUsers()
    {
        _first = First + ((uint)System.Environment.ProcessId % 4096 * PerProcess);
        _available = Libc.geteuid() == 0 && KernelFile.Read("/proc/self/uid_map") is { } map && Covers(map, _first + PerProcess);
    }

    /// <summary>False after a probe showed that only the platform's own user may make namespaces.</summary>
    public bool Enabled { get; set; } = true;

    public bool IsRoot => Libc.geteuid() == 0;

    public uint? Rent()
    {
        if (!_available || !Enabled)
            return null;
        return _free.TryTake(out var user) ? user : _first + ((uint)Interlocked.Increment(ref _next) % PerProcess);
    }

    public void Return(uint? user)
    {
        if (user is { } number)
            _free.Add(number);
    }

    /// <summary>Runs <paramref name="start"/> on the calling thread as that user. Only this thread changes; its saved id stays root so that it can come back,
    /// and execve clears the saved id in the child.</summary>
    public static T As<T>(uint? user, Func<T> start)
    {
        if (user is not { } number)
            return start();
        if (!Libc.ClearThreadGroups() || !Libc.SetThreadGroup(number, number, 0) || !Libc.SetThreadUser(number, number, 0))
            throw new InvalidOperationException("The thread cannot take the sandbox's user.");
        try
        {
            return start();
        }
        finally
        {
            if (!Libc.SetThreadUser(0, 0, 0) || !Libc.SetThreadGroup(0, 0, 0))
                System.Environment.FailFast("The sandbox's thread cannot return to its user.");
        }
    }

    private static bool Covers(string map, uint last) => map.Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .Any(range => range.Length == 3 && uint.Parse(range[0]) == 0 && uint.Parse(range[2]) > last);
}
