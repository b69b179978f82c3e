using System.Diagnostics;

namespace Platform.Tests.Fixtures;

/// <summary>Programs from npm that tests run against, installed into <c>artifacts/tools</c> when they are missing there.</summary>
internal static class NpmPackages
{
    private static readonly SemaphoreSlim Installing = new(1, 1);

    /// <summary>The folder that holds <c>node_modules</c> with the packages (<c>name@version</c>). Throws when they cannot be installed.</summary>
    public static async Task<string> InstallAsync(params string[] packages)
    {
        var folder = RepositoryFiles.PathOf("artifacts", "tools", packages[0].Replace('@', '-'));
        await Installing.WaitAsync();
        try
        {
            if (Directory.Exists(folder))
                return folder;
            var staging = $"{folder}.{Environment.ProcessId}";
            Directory.CreateDirectory(staging);
            await RunNpmAsync(["install", "--prefix", staging, .. packages, "--no-audit", "--no-fund", "--ignore-scripts"]);
            if (!Directory.Exists(folder))
                Directory.Move(staging, folder);
            return folder;
        }
        finally
        {
            Installing.Release();
        }
    }

    private static async Task RunNpmAsync(string[] arguments)
    {
        var start = new ProcessStartInfo("npm", arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"npm {string.Join(' ', arguments)} failed: {errors}{await output}");
    }
}
