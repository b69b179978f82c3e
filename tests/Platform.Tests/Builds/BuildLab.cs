using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Platform.Data;
using Platform.Identity;
using Platform.Tests.Executions;
using Platform.Tests.Fixtures;
using static Platform.Tests.Builds.BuildClient;

namespace Platform.Tests.Builds;

public class BuildsOnSqlite : SqliteApp
{
    protected override (string Key, string Value)[] Settings =>
        [("Outbound:AllowHosts:0", "127.0.0.1"), ("Outbound:AllowHttp", "true"), ("Builds:MaxLogKb", "256"), ("Builds:MaxArtifactMb", "1"), ("Sandbox:Cpu", "16"), ("Sandbox:MemoryMb", "16384")];
}

public sealed class BuildsOnPostgres : BuildsOnSqlite
{
    protected override Db Database => Db.Postgres;
}

/// <summary>What tests of builds share.</summary>
internal static class BuildLab
{
    public static async Task<BuildClient> StartAsync(PlatformApp app) => await BuildClient.OfAsync(app, await app.CreateUserAsync());

    public static object Files(params (string Path, string Content)[] files) => new { type = "files", files = files.Select(file => new { path = file.Path, content = file.Content }) };

    public static List<(string Name, string Status)> Steps(JsonElement build) => [.. build.GetProperty("steps").EnumerateArray().Select(step => (Text(step, "name")!, Text(step, "status")!))];

    public static async Task<bool> HasSnapshotAsync(PlatformApp app, Guid id)
    {
        await using var scope = app.As(Caller.Platform);
        return await scope.ServiceProvider.GetRequiredService<PlatformDbContext>().Builds.AnyAsync(row => row.Id == id && row.SnapshotExpiresAt != null);
    }

    /// <summary>Programs of the host that sleep for the mark, in whatever sandbox.</summary>
    public static List<string> Sleeping(string mark) => [.. Directory.EnumerateDirectories("/proc").Where(folder => char.IsAsciiDigit(Path.GetFileName(folder)[0]))
        .Select(CommandOf).Where(command => command.StartsWith("sleep\0", StringComparison.Ordinal) && command.Contains(mark, StringComparison.Ordinal))];

    private static string CommandOf(string folder)
    {
        try
        {
            return File.ReadAllText($"{folder}/cmdline");
        }
        catch (IOException)
        {
            return ""; // it has ended
        }
    }
}
