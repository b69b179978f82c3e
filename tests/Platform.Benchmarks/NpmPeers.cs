using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace Platform.Benchmarks;

/// <summary>Peers from npm, which <c>./bench</c> has installed into a scratch folder together with a node of its own.</summary>
internal static class NpmPeers
{
    private static string? Folder => Environment.GetEnvironmentVariable("BENCH_PEERS");

    /// <summary>False, and said in one line, when a package is missing.</summary>
    public static bool AreInstalled(params string[] packages)
    {
        var missing = packages.Append("node").Where(p => Folder is null || !Directory.Exists(Path.Combine(Folder, "node_modules", p))).ToList();
        if (missing.Count > 0)
            Console.WriteLine($"without {string.Join(", ", packages)}: {string.Join(", ", missing)} could not be installed from npm");
        return missing.Count == 0;
    }

    /// <summary>The connection as a URL, as node programs want it; the server is reached through its unix socket.</summary>
    public static string Url(string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        return $"postgresql://{settings.Username}@localhost/{settings.Database}?host={Uri.EscapeDataString(settings.Host!)}";
    }

    /// <summary>Runs a script of the folder to its end and returns the figures of each line that it prints.</summary>
    public static Task<List<double[]>> RunAsync(params object[] scriptAndArguments) => RunAsync(Path.Combine(Folder!, "node_modules", ".bin", "node"), [], scriptAndArguments);

    /// <summary>In a network and with processes of its own, all of which end with the script.</summary>
    public static Task<List<double[]>> RunIsolatedAsync(params object[] scriptAndArguments) => RunAsync(
        "bwrap",
        ["--dev-bind", "/", "/", "--proc", "/proc", "--unshare-net", "--unshare-pid", "--die-with-parent", Path.Combine(Folder!, "node_modules", ".bin", "node")],
        scriptAndArguments);

    private static async Task<List<double[]>> RunAsync(string program, string[] first, object[] rest)
    {
        var start = new ProcessStartInfo(program) { WorkingDirectory = Folder, RedirectStandardOutput = true, UseShellExecute = false };
        foreach (var argument in first.Concat(rest.Select(a => Convert.ToString(a, CultureInfo.InvariantCulture)!)))
            start.ArgumentList.Add(argument);
        start.Environment["NODE_NO_WARNINGS"] = "1";
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{string.Join(' ', rest)} failed: {output}");
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return [.. lines.Select(line => Array.ConvertAll(line.Split(' '), figure => double.Parse(figure, CultureInfo.InvariantCulture)))];
    }
}
