using System.Globalization;
using System.Text;

namespace Platform.Sandbox.Linux;

/// <summary>Translates a run into bubblewrap's command line: own user, pid, mount, net, ipc, uts and cgroup namespaces, a read-only system, private memory folders.
/// Options go through a descriptor, so that the environment does not show in the host's process list; files go through anonymous memory, so that none is on disk.</summary>
internal sealed class BubblewrapLaunch(Bubblewrap program)
{
    /// <summary>Name of the variable in bubblewrap's own environment (not the program's) that names the supervising process.</summary>
    public const string OwnerVariable = "PLATFORM_SANDBOX_OWNER";

    private const int Uid = 1000;
    private const int StatusFd = 3, ReleaseFd = 4, ArgumentsFd = 5, FirstDataFd = 6;
    private const long SharedMemoryBytes = 10L << 20;
    private static readonly string[] SystemFolders = ["bin", "sbin", "lib", "lib32", "lib64", "libx32"];
    private static readonly byte[] Passwd = Encoding.UTF8.GetBytes("root:x:0:0:root:/root:/usr/sbin/nologin\nsandbox:x:1000:1000:sandbox:/tmp:/bin/sh\n");
    private static readonly byte[] Group = Encoding.UTF8.GetBytes("root:x:0:\nsandbox:x:1000:\n");
    private static readonly byte[] Hosts = Encoding.UTF8.GetBytes("127.0.0.1 localhost\n::1 localhost\n");

    private static readonly string[] Namespaces =
    [
        "--unshare-user", "--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try",
        "--uid", $"{Uid}", "--gid", $"{Uid}", "--cap-drop", "ALL", "--die-with-parent", "--new-session", "--clearenv",
        "--json-status-fd", $"{StatusFd}", "--block-fd", $"{ReleaseFd}",
    ];

    private static readonly string[] SystemMounts = [.. System()];

    /// <summary>A folder that exists only in the finished root of this run.</summary>
    public static string Marker(SandboxRun run) => $"/run/{run.Name}";

    public Launch Create(SandboxRun run, byte[]? filter, uint? user)
    {
        var data = new List<Descriptor>();
        var owned = new List<Descriptor>();
        try
        {
            var options = Options(run, filter, data);
            var stdin = run.Stdin is { } input ? Descriptor.Memory("stdin", input.Span) : Descriptor.Nothing();
            owned.Add(stdin);
            var (stdout, stdoutWrite) = Keep(Descriptor.Pipe());
            var (stderr, stderrWrite) = Keep(Descriptor.Pipe());
            var (status, statusWrite) = Keep(Descriptor.Pipe());
            var (releaseRead, release) = Keep(Descriptor.Pipe(blocking: true));
            var arguments = Descriptor.Memory("options", Encoding.UTF8.GetBytes(string.Concat(options.Select(option => option + '\0'))));
            return new Launch
            {
                Path = program.Path,
                Arguments = ["--args", $"{ArgumentsFd}", "--", .. run.Command, .. run.Arguments],
                Environment = [$"{OwnerVariable}={ProcessIdentity.Own}"],
                Child = [stdin, stdoutWrite, stderrWrite, statusWrite, releaseRead, arguments, .. data],
                Stdout = stdout,
                Stderr = stderr,
                Status = status,
                Release = release,
                User = user,
            };
        }
        catch
        {
            foreach (var descriptor in data.Concat(owned))
                descriptor.Dispose();
            throw;
        }

        (Descriptor, Descriptor) Keep((Descriptor Read, Descriptor Write) pipe)
        {
            owned.AddRange([pipe.Read, pipe.Write]);
            return pipe;
        }
    }

    private List<string> Options(SandboxRun run, byte[]? filter, List<Descriptor> data)
    {
        List<string> options = [.. Namespaces, "--hostname", run.Name, .. SystemMounts];
        if (program.DisablesUserNamespaces)
            options.Add("--disable-userns");
        foreach (var (name, value) in SandboxEnvironment.Of(run))
            options.AddRange(["--setenv", name, value]);

        AddFile("/etc/passwd", Passwd);
        AddFile("/etc/group", Group);
        AddFile("/etc/hosts", Hosts);
        options.AddRange(["--proc", "/proc", "--dev", "/dev"]);
        if (program.HidesInit)
            options.AddRange(["--ro-bind", "/dev/null", "/proc/1/mem", "--ro-bind", "/dev/null", "/proc/1/task/1/mem"]);
        AddMemoryFolder("/tmp", run.TmpBytes, "1777");
        AddMemoryFolder("/output", run.OutputBytes, "0755");
        AddMemoryFolder("/dev/shm", SharedMemoryBytes, "1777");
        foreach (var mount in run.Mounts)
            options.AddRange([mount.Writable ? "--bind" : "--ro-bind", mount.HostPath, mount.Path]);
        options.AddRange(["--dir", "/scripts"]);
        foreach (var (name, content) in run.Files)
            AddFile($"/scripts/{name}", content.Span);
        options.AddRange(["--dir", Marker(run), "--remount-ro", "/dev", "--remount-ro", "/", "--chdir", run.WorkingDirectory]);
        if (filter is not null)
            options.AddRange(["--seccomp", Add("filter", filter)]);
        return options;

        string Add(string name, ReadOnlySpan<byte> content)
        {
            data.Add(Descriptor.Memory(name, content));
            return (FirstDataFd + data.Count - 1).ToString(CultureInfo.InvariantCulture);
        }

        void AddFile(string path, ReadOnlySpan<byte> content) => options.AddRange(["--perms", "0444", "--file", Add("file", content), path]);

        void AddMemoryFolder(string path, long bytes, string mode) =>
            options.AddRange(["--perms", mode, .. program.LimitsMemoryFolders ? (string[])["--size", bytes.ToString(CultureInfo.InvariantCulture)] : [], "--tmpfs", path]);
    }

    // /usr and what points into it; of /etc only what the loader and the alternatives system need.
    private static List<string> System()
    {
        List<string> options = ["--ro-bind", "/usr", "/usr"];
        foreach (var folder in SystemFolders.Select(name => new DirectoryInfo($"/{name}")).Where(folder => folder.Exists))
            options.AddRange(folder.LinkTarget is { } target ? ["--symlink", target, folder.FullName] : ["--ro-bind", folder.FullName, folder.FullName]);
        foreach (var path in (string[])["/etc/ld.so.cache", "/etc/alternatives"])
            options.AddRange(["--ro-bind-try", path, path]);
        return options;
    }
}
