using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Platform.Outbound;
using Platform.Sandbox;
using Platform.Tests.Outbound;
using static Platform.Tests.Sandbox.SandboxFixture;

namespace Platform.Tests.Sandbox;

/// <summary>The way out of a sandbox leads through the guard, and there is no other.</summary>
[Collection(SandboxTests.Name)]
public sealed class SandboxEgressTests : IAsyncLifetime, IDisposable
{
    private const string Fetch = """
        import sys, urllib.request, urllib.error
        for url in sys.argv[1:]:
            try:
                with urllib.request.urlopen(url, timeout=20) as answer:
                    print(answer.status, answer.read().decode(), flush=True)
            except urllib.error.HTTPError as e:
                print(e.code, e.read().decode().strip(), flush=True)
            except OSError as e:
                print('none', flush=True)
        """;

    private readonly ConcurrentQueue<EgressAttempt> _attempts = [];
    private readonly OutboundOptions _outbound = new();
    private BubblewrapSandbox? _sandbox;
    private OutboundTarget _target = null!;

    public async Task InitializeAsync()
    {
        _target = await OutboundTarget.StartAsync();
        _outbound.AllowHosts.Add($"allowed.test:{_target.Port}");
        _outbound.AllowHosts.Add($"127.0.0.1:{_target.Port}");
        _sandbox = Create(outbound: _outbound);
    }

    public async Task DisposeAsync() => await _target.DisposeAsync();

    public void Dispose() => _sandbox?.Dispose();

    [Fact]
    public async Task Public_AllowedAddress_AnswersThroughTheProxy()
    {
        var result = await RunAsync(Public(Fetch, $"http://127.0.0.1:{_target.Port}/hello"));

        Assert.Equal("none\n", result.Stdout); // its own loopback is not the host's: NO_PROXY names it
        result = await RunAsync(Public(Fetch.Replace("import sys", "import os; del os.environ['no_proxy'], os.environ['NO_PROXY']\nimport sys", StringComparison.Ordinal), $"http://127.0.0.1:{_target.Port}/hello"));
        Assert.Equal("200 hello from 127.0.0.1\n", result.Stdout);
        Assert.Equal([new EgressAttempt("127.0.0.1", _target.Port, null)], _attempts);
    }

    [Fact]
    public async Task Public_HeadersOfTheProxy_DoNotReachTheServer()
    {
        var result = await RunAsync(Curl("-s", "-H", "X-Mine: 1", "-H", "Proxy-Authorization: Basic eDp5", $"http://127.0.0.1:{_target.Port}/headers"));

        Assert.Contains("X-Mine: 1", result.Stdout, StringComparison.Ordinal);
        Assert.DoesNotContain("Proxy-", result.Stdout, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Public_Tunnel_CarriesWhatTheTwoEndsSay()
    {
        var result = await RunAsync(Curl("-s", "--proxytunnel", "-d", "12345", $"http://127.0.0.1:{_target.Port}/method"));

        Assert.Equal("POST 5", result.Stdout);
    }

    [Fact]
    public async Task Public_LargeAnswer_ComesWhole()
    {
        var result = await RunAsync(Curl("-s", "-o", "/tmp/large", "-w", "%{size_download}", $"http://127.0.0.1:{_target.Port}/large"));

        Assert.Equal("1000000", result.Stdout);
    }

    [Theory]
    [InlineData("http://169.254.169.254/latest/meta-data/")]
    [InlineData("http://10.0.0.1/")]
    [InlineData("http://127.0.0.1:22/")]
    [InlineData("http://[::1]:8080/")]
    public async Task Public_AddressThatIsNotPublic_IsRefusedAndTold(string url)
    {
        var result = await RunAsync(Curl("-s", "-w", " %{http_code}", url));

        Assert.EndsWith(" 403", result.Stdout, StringComparison.Ordinal);
        Assert.NotNull(Assert.Single(_attempts).Refusal);
        result = await RunAsync(Curl("-s", "--proxytunnel", "-w", " %{http_connect}", url));
        Assert.EndsWith(" 403", result.Stdout, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Public_WithoutTheProxy_ReachesNothing()
    {
        var direct = $"import socket\ntry:\n    socket.create_connection(('127.0.0.1', {_target.Port}), 5)\nexcept OSError as e:\n    print(type(e).__name__)\ntry:\n    socket.create_connection(('192.0.2.1', 80), 5)\nexcept OSError as e:\n    print(type(e).__name__)";
        var result = await RunAsync(Python(direct) with { Network = SandboxNetwork.Public });

        Assert.Equal("ConnectionRefusedError\nOSError\n", result.Stdout);
    }

    [Fact]
    public async Task None_HasNoProxy()
    {
        var result = await RunAsync(Bash("env | grep -ci proxy; ls /run"));

        Assert.Equal("0\n", result.Stdout.Split('\n')[0] + "\n");
        Assert.DoesNotContain("platform-egress", result.Stdout, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n")]
    [InlineData("CONNECT nowhere HTTP/1.1\\r\\n\\r\\n")]
    [InlineData("GET ftp://allowed.test/ HTTP/1.1\\r\\n\\r\\n")]
    [InlineData("nonsense\\r\\n\\r\\n")]
    public async Task Public_WhatIsNoProxyRequest_Is400(string head)
    {
        var result = await RunAsync(Bash($"exec 3<>/dev/tcp/127.0.0.1/3128; printf '{head}' >&3; head -1 <&3") with { Network = SandboxNetwork.Public });

        Assert.StartsWith("HTTP/1.1 400", result.Stdout, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Public_ManyConnections_AllAnswerAndNoFolderIsLeft()
    {
        const string OwnFolder = @"grep -o 'platform-sandbox-[^ ]*' /proc/self/mountinfo"; // what is mounted from the host tells whence
        var script = string.Create(CultureInfo.InvariantCulture, $"for i in $(seq 60); do curl -s --noproxy '' -x http://127.0.0.1:3128 http://127.0.0.1:{_target.Port}/hello >/tmp/$i & done; wait; cat /tmp/* | grep -o hello | wc -l; {OwnFolder}");
        var result = await RunAsync(Bash(script) with { Network = SandboxNetwork.Public, TmpBytes = 64 << 20 });

        var lines = result.Stdout.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("60", lines[0]);
        Assert.NotEmpty(lines[1..]);
        Assert.All(lines[1..], folder => Assert.False(Path.Exists(Path.Combine(Path.GetTempPath(), folder)), $"{folder} is left"));
    }

    [Fact]
    public async Task Public_CancelledDuringADownload_EndsBoth()
    {
        using var cancel = new CancellationTokenSource();
        var since = Stopwatch.GetTimestamp();
        var run = Curl("-s", "-N", $"http://127.0.0.1:{_target.Port}/stalls") with { OnOutput = _ => new ValueTask(cancel.CancelAsync()) };
        var result = await SandboxFixture.RunAsync(_sandbox!, run, cancel.Token);

        Assert.Equal((SandboxReason.Cancelled, "beginning"), (result.Reason, result.Stdout));
        Assert.InRange(Stopwatch.GetElapsedTime(since).TotalSeconds, 0, 30);
    }

    private SandboxRun Public(string script, params string[] arguments) =>
        Python(script) with { Arguments = arguments, Network = SandboxNetwork.Public, OnEgress = _attempts.Enqueue };

    private SandboxRun Curl(params string[] arguments) =>
        Bash("exec curl --noproxy '' --proxy http://127.0.0.1:3128 \"$@\"") with { Arguments = arguments, Network = SandboxNetwork.Public, OnEgress = _attempts.Enqueue };

    private Task<SandboxResult> RunAsync(SandboxRun run) => SandboxFixture.RunAsync(_sandbox!, run);
}
