using System.Diagnostics;
using System.Text;

namespace Platform.Tests.Fixtures;

/// <summary>
/// A real Azurite (the storage emulator) on a free port, everything in memory: <c>IClassFixture&lt;AzuriteServer&gt;</c>. Installed from npm into
/// <c>artifacts/tools</c> when it is missing there; fails the tests when that is not possible.
/// </summary>
public sealed class AzuriteServer : IAsyncLifetime
{
    private const string Version = "3.37.0";
    private const string Listening = "Azurite Blob service successfully listens on ";
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private Process? _process;

    /// <summary>Connection string with the emulator's account.</summary>
    public string ConnectionString { get; private set; } = "";

    public async Task InitializeAsync()
    {
        var program = Path.Combine(await NpmPackages.InstallAsync($"azurite@{Version}"), "node_modules", "azurite", "dist", "src", "blob", "main.js");
        var start = new ProcessStartInfo("node") { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Path.GetTempPath() };
        foreach (var argument in (string[])[program, "--blobPort", "0", "--inMemoryPersistence", "--disableTelemetry", "--silent"])
            start.ArgumentList.Add(argument);
        _process = Process.Start(start)!;
        var address = await ReadAddressAsync(_process);
        ConnectionString = "DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;"
            + "AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==;"
            + $"BlobEndpoint={address}/devstoreaccount1;";
    }

    public async Task DisposeAsync()
    {
        if (_process is null)
            return;
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static async Task<string> ReadAddressAsync(Process process)
    {
        var found = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var output = new StringBuilder();
        void Read(string? line)
        {
            lock (output)
                output.AppendLine(line);
            if (line?.StartsWith(Listening, StringComparison.Ordinal) == true)
                found.TrySetResult(line[Listening.Length..].Trim());
            else if (line is null && process.HasExited)
                found.TrySetException(new InvalidOperationException($"Azurite ended at once: {output}"));
        }

        process.OutputDataReceived += (_, e) => Read(e.Data);
        process.ErrorDataReceived += (_, e) => Read(e.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return await found.Task.WaitAsync(StartLimit);
    }
}
