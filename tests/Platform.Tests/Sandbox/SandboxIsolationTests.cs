using System.Net;
using System.Net.Sockets;
using Platform.Sandbox;
using static Platform.Tests.Sandbox.SandboxFixture;

namespace Platform.Tests.Sandbox;

[Collection(SandboxTests.Name)]
public sealed class SandboxIsolationTests(SandboxFixture fixture)
{
    private const string Calls = """
        import ctypes, os, platform
        libc = ctypes.CDLL(None, use_errno=True)
        def call(*args):
            result = libc.syscall(*[ctypes.c_long(a) for a in args])
            return 'ok' if result >= 0 else os.strerror(ctypes.get_errno())
        arm = platform.machine() == 'aarch64'

        """;

    [Fact]
    public async Task RunAsync_Connect_ReachesNoListenerOfTheHost()
    {
        using var listener = new TcpListener(IPAddress.Any, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var script = $$"""
            import socket
            for host in ('127.0.0.1', '1.1.1.1'):
                try:
                    socket.create_connection((host, {{port}}), timeout=3)
                    print('connected')
                except OSError as e:
                    print(type(e).__name__)
            """;
        var result = await fixture.RunAsync(Python(script));

        Assert.Equal("ConnectionRefusedError\nOSError\n", result.Stdout);
        Assert.False(listener.Pending());
    }

    [Fact]
    public async Task RunAsync_HostFiles_AreNotThere()
    {
        var secret = Path.Combine(Path.GetTempPath(), $"secret-{Guid.NewGuid()}");
        await File.WriteAllTextAsync(secret, "secret");
        try
        {
            var result = await fixture.RunAsync(Bash($"cat /etc/shadow {secret}; ls /root /home /var /work /sys /boot /mnt; ls /; ls -A /etc"));

            Assert.DoesNotContain("secret\n", result.Stdout, StringComparison.Ordinal);
            Assert.Equal(9, result.Stderr.Split("No such file or directory").Length - 1);
            Assert.Contains("alternatives\ngroup\nhosts\nld.so.cache\npasswd\n", result.Stdout, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(secret);
        }
    }

    [Fact]
    public async Task RunAsync_Proc_ShowsOnlyTheSandbox()
    {
        var result = await fixture.RunAsync(Bash("ls -d /proc/[0-9]* | wc -l; tr '\\0' '\\n' < /proc/1/environ; echo x > /proc/sys/kernel/hostname; echo b > /proc/sysrq-trigger"));

        var lines = result.Stdout.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.InRange(int.Parse(lines[0]), 2, 6);
        Assert.StartsWith("PLATFORM_SANDBOX_OWNER=", Assert.Single(lines[1..]), StringComparison.Ordinal);
        Assert.Equal(2, result.Stderr.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Theory]
    [InlineData("/x")]
    [InlineData("/usr/x")]
    [InlineData("/etc/passwd")]
    [InlineData("/scripts/main.sh")]
    [InlineData("/scripts/new")]
    [InlineData("/dev/x")]
    [InlineData("/run/x")]
    [InlineData("/proc/1/mem")]
    [InlineData("/proc/1/task/1/mem")]
    public async Task RunAsync_WriteOutsideItsFolders_Fails(string path)
    {
        var result = await fixture.RunAsync(Bash($"echo x >> {path} && echo wrote"));

        Assert.Equal("", result.Stdout);
        Assert.NotEqual("", result.Stderr);
    }

    [Fact]
    public async Task RunAsync_Privileges_AreNone()
    {
        var result = await fixture.RunAsync(Bash("grep -E '^(Cap|NoNewPrivs|Seccomp:)' /proc/self/status; grep Seccomp: /proc/1/status; grep ' /usr ' /proc/mounts | grep -c nosuid; unshare -r true; su -c id"));

        Assert.Equal(5, result.Stdout.Split("0000000000000000").Length - 1);
        Assert.Contains("NoNewPrivs:\t1\nSeccomp:\t2\nSeccomp:\t2\n1\n", result.Stdout, StringComparison.Ordinal);
        Assert.DoesNotContain("uid=0", result.Stdout, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_PlatformIsRoot_ProgramIsNobodyOnTheHost()
    {
        var status = "";
        var run = Bash("sleep 0.2") with
        {
            OnStarted = started =>
            {
                status = File.ReadAllText($"/proc/{started.ProcessId}/status");
                return ValueTask.CompletedTask;
            },
        };
        await fixture.RunAsync(run);

        var user = uint.Parse(status.Split('\n').Single(line => line.StartsWith("Uid:", StringComparison.Ordinal)).Split('\t')[1]);
        Assert.NotEqual(0u, user);
        if (Environment.IsPrivilegedProcess)
            Assert.True(user >= 0x70000000, $"user {user}");
    }

    [Theory]
    [InlineData("mount", 165, 40)]
    [InlineData("umount2", 166, 39)]
    [InlineData("pivot_root", 155, 41)]
    [InlineData("ptrace", 101, 117)]
    [InlineData("process_vm_writev", 311, 271)]
    [InlineData("bpf", 321, 280)]
    [InlineData("setns", 308, 268)]
    [InlineData("kexec_load", 246, 104)]
    [InlineData("init_module", 175, 105)]
    [InlineData("open_by_handle_at", 304, 265)]
    [InlineData("fsopen", 430, 430)]
    public async Task RunAsync_HostileCall_IsKilledAsBlocked(string name, int x64, int arm64)
    {
        var result = await fixture.RunAsync(Python($"{Calls}print('before', flush=True)\nprint('{name}', call({arm64} if arm else {x64}, 0, 0, 0, 0, 0, 0))"));

        Assert.Equal((SandboxReason.BlockedSystemCall, 159, "before\n"), (result.Reason, result.ExitCode, result.Stdout));
    }

    [Theory]
    [InlineData("call(97 if arm else 272, 0x10000000)", "Operation not permitted")] // unshare(CLONE_NEWUSER)
    [InlineData("call(220 if arm else 56, 0x10000011, 0, 0, 0, 0)", "Operation not permitted")] // clone(CLONE_NEWUSER | SIGCHLD)
    [InlineData("call(435, 0, 0)", "Function not implemented")] // clone3
    [InlineData("call(425, 1, 0)", "Function not implemented")] // io_uring_setup
    [InlineData("call(282 if arm else 323, 0)", "Operation not permitted")] // userfaultfd
    [InlineData("call(241 if arm else 298, 0, 0, 0, 0, 0)", "Operation not permitted")] // perf_event_open
    [InlineData("call(219 if arm else 250, 0, 0)", "Function not implemented")] // keyctl
    [InlineData("call(198 if arm else 41, 40, 1, 0)", "Address family not supported by protocol")] // AF_VSOCK
    [InlineData("call(198 if arm else 41, 17, 3, 0)", "Address family not supported by protocol")] // AF_PACKET
    [InlineData("call(198 if arm else 41, 2, 1, 0)", "ok")] // AF_INET
    [InlineData("call(29 if arm else 16, 0, 0x5412, 0)", "Operation not permitted")] // TIOCSTI
    public async Task RunAsync_CallThatRuntimesTry_AnswersAnError(string call, string answer)
    {
        var result = await fixture.RunAsync(Python($"{Calls}print({call})"));

        Assert.Equal((SandboxReason.Exited, answer + "\n"), (result.Reason, result.Stdout));
    }

    [Fact]
    public async Task RunAsync_SecondCallingConvention_IsKilled()
    {
        if (System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture != System.Runtime.InteropServices.Architecture.X64)
            return; // x32 exists on x86-64 only
        var result = await fixture.RunAsync(Python($"{Calls}print(call(0x40000000 + 39))"));

        Assert.Equal(SandboxReason.BlockedSystemCall, result.Reason);
    }

    [Theory]
    [InlineData("kill -9 1; kill -9 $PPID; echo alive")]
    [InlineData("kill -9 -1; echo alive")]
    public async Task RunAsync_KillsEverything_ReachesOnlyItself(string script)
    {
        var result = await fixture.RunAsync(Bash(script));

        Assert.Equal((SandboxReason.Exited, "alive\n"), (result.Reason, result.Stdout));
    }

    [Theory]
    [InlineData("setsid sleep 300 & disown; echo done")]
    [InlineData("(trap '' TERM HUP; sleep 300) & echo done")] // holds stdout open
    public async Task RunAsync_DaemonLeftBehind_DiesWithTheProgram(string script)
    {
        var result = await fixture.RunAsync(Bash(script));

        Assert.Equal((SandboxReason.Exited, "done\n"), (result.Reason, result.Stdout));
        Assert.InRange(result.Usage!.WallSeconds, 0, 30);
    }

    [Fact]
    public async Task RunAsync_Descriptors_AreOnlyTheThreeStandardOnes()
    {
        using var leaked = new FileStream("/dev/null", FileMode.Open);
        var result = await fixture.RunAsync(Bash("ls /proc/$$/fd"));

        Assert.Equal("0\n1\n2\n255\n", result.Stdout); // 255 is bash's own, its script
    }
}
