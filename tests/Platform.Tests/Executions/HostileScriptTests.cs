using System.Net;
using System.Text.Json;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Executions;

/// <summary>What scripts try against the platform, through HTTP: each ends as the contract says, leaves no process, and the platform goes on.</summary>
public abstract class HostileScriptTests(PlatformApp app)
{
    private const string Python = "python";
    private const string Bash = "bash";

    [Fact]
    public async Task ForkBomb_ThatCounts_IsStoppedAtTheLimit()
    {
        var result = await RunAsync(Python, """
            import os, time
            count = 0
            try:
                while True:
                    if os.fork() == 0:
                        time.sleep(300)
                    count += 1
            except OSError as error:
                print(type(error).__name__, count)
            """);

        Assert.Equal("completed", Text(result, "status"));
        var words = Text(result, "output").Split();
        Assert.Equal("BlockingIOError", words[0]);
        Assert.InRange(int.Parse(words[1]), 100, 256);
    }

    [Fact]
    public async Task ForkBomb_OfAShell_EndsWithTheTimeAtTheLatest()
    {
        var result = await RunAsync(Bash, "bomb() { bomb | bomb & }; bomb; while :; do sleep 1; done", timeoutSeconds: 2);

        Assert.Contains(Text(result, "status"), new[] { "timeout", "failed" }); // the shell gives up when it cannot fork
        Assert.InRange(WallSeconds(result), 0, 10);
    }

    [Fact]
    public async Task TwoGibibytes_AreResourceLimit()
    {
        var result = await RunAsync(Python, "x = bytearray(2 * 1024 ** 3)\nprint(len(x))");

        Assert.Equal(("failed", "resource_limit", 137), (Text(result, "status"), Text(result, "error_type"), result.GetProperty("exit_code").GetInt32()));
    }

    [Fact]
    public async Task EndlessOutput_IsCutAndTimesOut()
    {
        var result = await RunAsync(Python, "while True: print('x' * 1000)", timeoutSeconds: 2);

        Assert.Equal(("timeout", "timeout", -1), (Text(result, "status"), Text(result, "error_type"), result.GetProperty("exit_code").GetInt32()));
        Assert.True(result.GetProperty("output_truncated").GetBoolean());
        Assert.EndsWith("[output truncated at 1048576 bytes]", Text(result, "output").TrimEnd('\n'), StringComparison.Ordinal);
        Assert.InRange(Text(result, "output").Length, 1 << 20, (1 << 20) + 100);
    }

    [Theory]
    [InlineData("import socket; socket.create_connection(('1.1.1.1', 53), 2)", "OSError")]
    [InlineData("import socket; socket.create_connection(('127.0.0.1', {port}), 2)", "ConnectionRefusedError")]
    [InlineData("import socket; socket.getaddrinfo('example.com', 443)", "gaierror")]
    [InlineData("print(open('/etc/shadow').read())", "Error: [Errno")]
    [InlineData("print(open('/proc/{pid}/environ').read())", "FileNotFoundError")]
    [InlineData("import os; os.kill({pid}, 9)", "ProcessLookupError")]
    [InlineData("open('/etc/written', 'w')", "Error: [Errno")]
    [InlineData("open('/written', 'w')", "Error: [Errno")]
    [InlineData("open('/scripts/main.py', 'w')", "Error: [Errno")]
    [InlineData("open('/usr/bin/written', 'w')", "Error: [Errno")]
    public async Task ForbiddenAccess_FailsInTheScript(string script, string error)
    {
        var result = await RunAsync(Python, script
            .Replace("{pid}", Environment.ProcessId.ToString(), StringComparison.Ordinal).Replace("{port}", app.BaseAddress.Port.ToString(), StringComparison.Ordinal));

        Assert.Equal(("failed", "script_error", 1), (Text(result, "status"), Text(result, "error_type"), result.GetProperty("exit_code").GetInt32()));
        Assert.Contains(error, Text(result, "errors"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ProcOfTheHost_ShowsOnlyTheSandbox()
    {
        var result = await RunAsync(Python, "import os\nprint(len([name for name in os.listdir('/proc') if name.isdigit()]), os.getuid())");

        Assert.Equal("completed", Text(result, "status"));
        var words = Text(result, "output").Split();
        Assert.InRange(int.Parse(words[0]), 1, 5);
        Assert.Equal("1000", words[1]);
    }

    [Theory]
    [InlineData(Python, "import os\nos.kill(os.getppid(), 9)\nos.kill(1, 9)\nprint('alive')")]
    [InlineData(Bash, "kill -9 1; kill -9 $PPID; kill -9 -1; echo alive")]
    public async Task KillingTheParent_ReachesNobody(string lang, string script)
    {
        var result = await RunAsync(lang, script);

        Assert.Equal(("completed", "alive\n"), (Text(result, "status"), Text(result, "output")));
    }

    [Theory]
    [InlineData("devnull = os.open('/dev/null', os.O_RDWR)\n    [os.dup2(devnull, fd) for fd in range(3)]")]
    [InlineData("pass # holds the output open")]
    public async Task Daemon_LeftBehind_DiesWithTheRun(string prepare)
    {
        var result = await RunAsync(Python, $"""
            import os, signal, time
            if os.fork() == 0:
                os.setsid()
                if os.fork() != 0:
                    os._exit(0)
                [signal.signal(number, signal.SIG_IGN) for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)]
                {prepare}
                time.sleep(300)
            time.sleep(1)
            print('gone')
            """, isSeenRunning: true);

        Assert.Equal(("completed", 0), (Text(result, "status"), result.GetProperty("exit_code").GetInt32()));
        Assert.StartsWith("gone", Text(result, "output"), StringComparison.Ordinal);
        Assert.InRange(WallSeconds(result), 1, 20);
    }

    /// <summary>Runs to the end, then holds that no process is left, that the platform is alive, and that the next script runs.</summary>
    private async Task<JsonElement> RunAsync(string lang, string script, int timeoutSeconds = 60, bool isSeenRunning = false)
    {
        var user = new ExecutionClient(await app.CreateUserAsync());
        var mark = $"mark-{Guid.NewGuid():N}";
        var version = lang == Bash ? (await user.GetAsync("/api/v1/k8s-limits")).GetProperty("supported_runtimes").GetProperty(Bash)[0].GetString()! : "3.11";
        var id = await user.StartAsync(new { script, lang, lang_version = version, timeout_seconds = timeoutSeconds, args = new[] { mark } });
        if (isSeenRunning)
            await Until.TrueAsync(() => Task.FromResult(HostProcesses.With(mark).Count > 0), "the run shows among the host's processes");

        var result = await user.UntilAsync(id, "completed", "failed", "timeout", "cancelled", "error");

        Assert.Empty(HostProcesses.With(mark));
        using var health = await app.Anonymous.GetAsync("/health/healthz");
        Assert.Equal(HttpStatusCode.OK, health.StatusCode);
        Assert.Equal("2\n", Text(await user.RunAsync("print(1 + 1)"), "output"));
        return result;
    }

    private static double WallSeconds(JsonElement result) => result.GetProperty("resource_usage").GetProperty("execution_time_wall_seconds").GetDouble();

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;
}

public sealed class HostileScriptOnSqliteTests(SqliteApp fixture) : HostileScriptTests(fixture.App), IClassFixture<SqliteApp>;

public sealed class HostileScriptOnPostgresTests(PostgresApp fixture) : HostileScriptTests(fixture.App), IClassFixture<PostgresApp>;
