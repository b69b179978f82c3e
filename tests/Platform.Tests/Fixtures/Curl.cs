using System.Diagnostics;

namespace Platform.Tests.Fixtures;

/// <summary>The HTTP client of the shell, as our users' first steps take it.</summary>
internal static class Curl
{
    /// <summary>What it printed; a failure of its own fails the test.</summary>
    public static async Task<string> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("curl", ["-sS", "--max-time", "60", .. arguments]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"curl ended with {process.ExitCode}: {await errors}");
        return output;
    }
}
