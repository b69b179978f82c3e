using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Platform.Tests.Fixtures;

/// <summary>
/// A real mail server (smtp-server of npm) on a free port, which keeps what it receives: <c>IClassFixture&lt;SmtpServer&gt;</c>. Recipients at
/// <c>refused.example</c> are refused. Give <see cref="Settings"/> to <see cref="PlatformApp"/>.
/// </summary>
public sealed class SmtpServer : IAsyncLifetime, IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private readonly ConcurrentQueue<ReceivedMail> _mails = new();
    private readonly TaskCompletionSource<int> _port = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly string[] _features;
    private Process? _process;

    public SmtpServer()
        : this([])
    {
    }

    private SmtpServer(string[] features) => _features = features;

    public int Port { get; private set; }

    /// <summary>Settings of an app that sends its mails here.</summary>
    public (string Key, string Value)[] Settings =>
        [("Smtp:Host", "127.0.0.1"), ("Smtp:Port", $"{Port}"), ("Smtp:From", "Platform <platform@example.com>"), ("Smtp:Tls", "false")];

    /// <summary>What arrived, oldest first.</summary>
    public IReadOnlyList<ReceivedMail> Mails => [.. _mails];

    /// <param name="features"><c>tls</c> offers STARTTLS with a certificate that nobody trusts; <c>login</c> demands the user <c>platform</c> with the password <c>mail-secret</c>.</param>
    public static async Task<SmtpServer> StartAsync(params string[] features)
    {
        var server = new SmtpServer(features);
        await server.InitializeAsync();
        return server;
    }

    public IReadOnlyList<ReceivedMail> To(string address) => [.. _mails.Where(mail => mail.To.Contains(address, StringComparer.OrdinalIgnoreCase))];

    /// <summary>The newest mail to an address, once there are <paramref name="count"/> of them.</summary>
    public async Task<ReceivedMail> WaitForAsync(string address, int count = 1)
    {
        await Until.TrueAsync(() => To(address).Count >= count, $"{count} mails to {address}");
        return To(address)[^1];
    }

    public async Task InitializeAsync()
    {
        var packages = await NpmPackages.InstallAsync("smtp-server@3.21.6", "mailparser@3.14.2");
        var start = new ProcessStartInfo("node") { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])[RepositoryFiles.PathOf("tests", "Platform.Tests", "Fixtures", "smtp-server.js"), .. _features])
            start.ArgumentList.Add(argument);
        start.Environment["NODE_PATH"] = Path.Combine(packages, "node_modules");
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, e) => Read(e.Data);
        _process.BeginOutputReadLine();
        var errors = _process.StandardError.ReadToEndAsync();
        var port = _port.Task.WaitAsync(StartLimit);
        if (await Task.WhenAny(port, errors) == errors)
            throw new InvalidOperationException($"The mail server ended at once: {await errors}");
        Port = await port;
    }

    public async Task DisposeAsync()
    {
        if (_process is null)
            return;
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    async ValueTask IAsyncDisposable.DisposeAsync() => await DisposeAsync();

    private void Read(string? line)
    {
        if (line is null)
            return;
        using var json = JsonDocument.Parse(line);
        if (json.RootElement.TryGetProperty("port", out var port))
            _port.TrySetResult(port.GetInt32());
        else
            _mails.Enqueue(json.RootElement.Deserialize<ReceivedMail>(JsonSerializerOptions.Web)!);
    }
}

/// <summary>A mail as it arrived; <see cref="From"/> and <see cref="To"/> are the envelope's, <see cref="User"/> the name that the sender signed in with.</summary>
public sealed record ReceivedMail(string From, string[] To, string? User, string Subject, string Text, string[] Headers)
{
    /// <summary>The first link of the text that contains <paramref name="part"/>.</summary>
    public Uri Link(string part = "") => Regex.Matches(Text, @"https?://\S+").Select(match => new Uri(match.Value)).First(uri => uri.ToString().Contains(part, StringComparison.Ordinal));
}
